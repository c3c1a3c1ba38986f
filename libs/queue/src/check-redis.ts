import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import type { Redis } from 'ioredis';
import { judgeRedisInfo } from './judge-redis-info.ts';
import { orUnavailable } from './or-unavailable.ts';
import { whenReady } from './when-ready.ts';

/** `away` is no reason to refuse a start: the database is the system of record, and the check is repeated on every connect. */
export type RedisFitness = { readonly kind: 'fit'; readonly version: string } | { readonly kind: 'away' };

/**
 * Tells whether this Redis may carry signals; throws AppError `config_invalid` if it may evict keys or is too old.
 * Read from INFO, because many hosts forbid CONFIG.
 */
export async function checkRedis(redis: Redis, waitMs = 2_000): Promise<RedisFitness> {
  const info = await infoOf(redis, waitMs);
  if (info === null) return { kind: 'away' };
  return { kind: 'fit', version: judgeRedisInfo(info) };
}

/** Checks on every connect from now on; a Redis that turns out unfit while a service runs is an alarm, not an end. */
export function watchRedis(redis: Redis, logger: Logger): Disposable {
  const check = () => {
    checkRedis(redis).catch((err: unknown) => logger.error('redis is not fit to carry signals', { err }));
  };
  redis.on('ready', check);
  return { [Symbol.dispose]: () => void redis.off('ready', check) };
}

async function infoOf(redis: Redis, waitMs: number): Promise<string | null> {
  try {
    await whenReady(redis, waitMs);
    return await orUnavailable(() => redis.info());
  } catch (error) {
    // Nothing but "away" arrives here; the connection's own listener logs why.
    if (AppError.is(error, 'queue_unavailable')) return null;
    throw error;
  }
}
