import { AppError } from '@batch-gpt/errors';

const ANSWER_WITHIN_MS = 800;

/**
 * What the work gives, or AppError `queue_unavailable` if it rejects or gives nothing in time. Rejected work may have
 * been done all the same.
 */
export async function orUnavailable<T>(work: () => Promise<T>, withinMs = ANSWER_WITHIN_MS): Promise<T> {
  const silence = Promise.withResolvers<never>();
  const timer = setTimeout(() => silence.reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
  try {
    return await Promise.race([work(), silence.promise]);
  } catch (cause) {
    throw new AppError('queue_unavailable', 'Redis is not reachable', { cause });
  } finally {
    clearTimeout(timer);
  }
}
