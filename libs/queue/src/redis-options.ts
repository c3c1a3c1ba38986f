import { parseRedisUrl, type RedisAddress } from './parse-redis-url.ts';

/**
 * What a connection is for. `producer`: signals, refused at once while Redis is away. `worker`: BullMQ's consumers,
 * patient for ever. `subscriber`: pub/sub, back within a fifth of a second. `commands`: tools, which may wait a moment.
 */
export type RedisRole = 'producer' | 'worker' | 'subscriber' | 'commands';

/** How a connection behaves when Redis is away or silent; times in milliseconds. */
interface Manners {
  readonly retryStrategy: (times: number) => number;
  readonly maxRetriesPerRequest: number | null;
  readonly enableOfflineQueue?: boolean;
  readonly autoResubscribe?: boolean;
  readonly socketTimeout?: number;
  readonly commandTimeout?: number;
  readonly connectTimeout?: number;
  readonly disconnectTimeout?: number;
}

const between = (least: number, most: number) => Math.round(least + Math.random() * (most - least));

// `socketTimeout` ends a connection on which an awaited answer stays out, so that a frozen Redis or a half-open socket
// does not hold commands for ever. A worker's blocking read is answered after ten seconds at the latest.
const byRole: Readonly<Record<RedisRole, Manners>> = {
  producer: {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    retryStrategy: () => between(50, 150),
    socketTimeout: 2_000,
  },
  worker: {
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 5), 900) + between(0, 100),
    socketTimeout: 15_000,
  },
  subscriber: {
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    retryStrategy: () => between(20, 200),
    disconnectTimeout: 100,
  },
  commands: { maxRetriesPerRequest: 1, retryStrategy: () => between(50, 150), commandTimeout: 5_000 },
};

/** Connection options for a role; BullMQ's workers take them as they are, everything else goes through `connectRedis`. */
export const redisOptions = (url: string, role: RedisRole): Manners & RedisAddress => ({
  connectTimeout: 5_000,
  disconnectTimeout: 500,
  ...byRole[role],
  ...parseRedisUrl(url),
});
