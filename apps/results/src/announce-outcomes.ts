import type { RequestKey } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import type { ResultsDeps } from './results-deps.ts';

/** Tells the gateways that these keys have an outcome. A lost message costs their waiters time, never the outcome. */
export async function announceOutcomes(
  { outcomes, metrics, logger }: Pick<ResultsDeps, 'outcomes' | 'metrics' | 'logger'>,
  keys: readonly RequestKey[],
): Promise<void> {
  if (keys.length === 0) return;
  try {
    await outcomes.announceOutcomes(keys);
    metrics.outcomesAnnounced.inc(keys.length);
  } catch (err) {
    if (!AppError.is(err, 'queue_unavailable')) throw err;
    logger.warn('outcomes were not announced, gateways will find them', { keys: keys.length, err });
  }
}
