import { AppError } from '@batch-gpt/errors';
import type { Redis } from 'ioredis';

/** Resolves when the connection takes commands; rejects with AppError `queue_unavailable` after `withinMs`. */
export async function whenReady(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const ready = () => resolve(undefined);
  const late = setTimeout(() => reject(new AppError('queue_unavailable', 'Redis is not reachable')), withinMs);
  redis.once('ready', ready);
  try {
    await promise;
  } finally {
    clearTimeout(late);
    redis.off('ready', ready);
  }
}
