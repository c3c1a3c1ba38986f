import { type Logger } from '@batch-gpt/logging';

/** Awaits a signal whose loss costs nothing but time: a failure is only logged. */
export async function orLogged(signal: Promise<unknown>, logger: Logger, batchId: string): Promise<void> {
  try {
    await signal;
  } catch (err) {
    logger.warn('a batch was not announced, the next poll or sweep will find it', { err, batchId });
  }
}
