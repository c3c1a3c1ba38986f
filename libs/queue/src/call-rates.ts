/*
 * Rates of calls that all processes share: one bucket in Redis for each.
 *
 *   shared ── Redis is away ──▶ alone: every process grants a whole rate by itself
 *     ▲                           │
 *     └─── Redis answers ─────────┘  what was granted meanwhile is forgotten
 *
 * Limits of calls protect from too many of them; while Redis is away too many is better than none.
 */
import { takeCalls, type CallBucket, type CallRate, type CallRates, type GrantedCalls } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { orUnavailable } from './or-unavailable.ts';
import { queueKeys } from './queue-keys.ts';

/** What shared rates need. */
export interface CallRatesOptions {
  readonly redis: Redis;
  readonly prefix: string;
  readonly logger: Logger;
}

// As `takeCalls` has it, in one step and on Redis's own clock. A bucket that nobody asked for is full after a minute.
const script = `
local perMinute, wanted = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1] or perMinute), tonumber(kept[2] or now)
tokens = math.min(perMinute, tokens + math.max(0, now - at) * perMinute / 60000)
local granted = math.min(wanted, math.floor(tokens))
tokens = tokens - granted
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], 120000)
local pause = 60000
if tokens >= 1 then pause = 0 elseif perMinute > 0 then pause = math.ceil((1 - tokens) * 60000 / perMinute) end
return { granted, pause, string.format('%.6f', tokens) }
`;

// A number of Lua's loses its fraction on the way.
const reply = z.tuple([z.int().min(0), z.number().min(0), z.coerce.number().min(0)]);

/** Creates rates that are shared through Redis. */
export function createCallRates({ redis, prefix, logger }: CallRatesOptions): CallRates {
  const keys = queueKeys(prefix);
  const ask = ({ name, perMinute }: CallRate, wanted: number): Promise<GrantedCalls> =>
    orUnavailable(async () => {
      const [granted, pause, left] = reply.parse(await redis.eval(script, 1, keys.callRate(name), perMinute, wanted));
      return { granted, pause, left };
    });
  return shareCallRates({ ask, logger, monotonic: () => performance.now() });
}

interface SharedDeps {
  readonly ask: CallRates['take'];
  readonly logger: Logger;
  readonly monotonic: () => number;
}

/** Rates over any bucket that can be asked. */
export function shareCallRates({ ask, logger, monotonic }: SharedDeps): CallRates {
  /** Only while alone; as many as there are tenants and keys with a limit. */
  const own = new Map<string, CallBucket>();
  let isAlone = false;

  const takeOwn = (rate: CallRate, wanted: number): GrantedCalls => {
    const { bucket, ...taken } = takeCalls(own.get(rate.name) ?? null, rate, wanted, monotonic());
    own.set(rate.name, bucket);
    return taken;
  };
  return {
    take: async (rate, wanted) => {
      try {
        const taken = await ask(rate, wanted);
        if (isAlone) logger.info('calls are counted over all processes again', {});
        isAlone = false;
        own.clear();
        return taken;
      } catch (err) {
        if (!AppError.is(err, 'queue_unavailable')) throw err;
        if (!isAlone) logger.warn('calls cannot be counted over all processes, each counts by itself', { err });
        isAlone = true;
        return takeOwn(rate, wanted);
      }
    },
  };
}
