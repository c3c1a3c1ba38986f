import type { Redis } from 'ioredis';
import { orUnavailable } from './or-unavailable.ts';

/** Resolves if Redis answers within a second; rejects with AppError `queue_unavailable` otherwise. For `/readyz`. */
export async function pingRedis(redis: Redis): Promise<void> {
  await orUnavailable(() => redis.ping());
}
