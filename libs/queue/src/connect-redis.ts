import type { Logger } from '@batch-gpt/logging';
import { Redis } from 'ioredis';
import { logSparsely } from './log-sparsely.ts';
import { redisOptions, type RedisRole } from './redis-options.ts';

/** Where to connect, and what for. */
export interface ConnectRedisOptions {
  readonly url: string;
  readonly role: Exclude<RedisRole, 'worker'>;
  readonly logger: Logger;
}

/** Opens a connection that comes back by itself and whose errors are logged; whoever opens it ends it with `endConnection`. */
export function connectRedis({ url, role, logger }: ConnectRedisOptions): Redis {
  const redis = new Redis(redisOptions(url, role));
  redis.on('error', logSparsely(logger, 'redis connection failed', { role }));
  return redis;
}
