import { liveProcess, type LiveProcess } from '@batch-gpt/contracts';
import type { LiveProcesses } from '@batch-gpt/domain';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { orUnavailable } from './or-unavailable.ts';
import { queueKeys } from './queue-keys.ts';

export interface LiveProcessesOptions {
  readonly redis: Redis;
  readonly prefix: string;
  /** How long a word counts, in milliseconds. */
  readonly keptFor?: number;
}

const mostListed = 200;

// One set says until when each counts, on Redis's own clock; one hash says what. Whoever speaks removes those that are over.
const speak = `
local id, text, kept = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, over in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[1], over)
  redis.call('HDEL', KEYS[2], over)
end
redis.call('ZADD', KEYS[1], now + kept, id)
redis.call('HSET', KEYS[2], id, text)
redis.call('PEXPIRE', KEYS[1], kept * 10)
redis.call('PEXPIRE', KEYS[2], kept * 10)
`;

const listen = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf', 'LIMIT', 0, tonumber(ARGV[1]))
if #ids == 0 then return {} end
return redis.call('HMGET', KEYS[2], unpack(ids))
`;

const forget = `
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
`;

const texts = z.array(z.string().nullable());

/** Who is alive, on Redis. */
export function createLiveProcesses({ redis, prefix, keptFor = 15_000 }: LiveProcessesOptions): LiveProcesses {
  const keys = queueKeys(prefix);
  const names = [keys.liveUntil, keys.liveWords] as const;
  return {
    announce: (process) =>
      orUnavailable(async () => {
        await redis.eval(speak, 2, ...names, process.id, JSON.stringify(process), keptFor);
      }),
    withdraw: (id) =>
      orUnavailable(async () => {
        await redis.eval(forget, 2, ...names, id);
      }),
    list: () =>
      orUnavailable(async () => {
        const said = texts.parse(await redis.eval(listen, 2, ...names, mostListed));
        return said.flatMap((text) => (text === null ? [] : readWord(text)));
      }),
  };
}

/** Of another release, a word may have another form: it is not heard. */
function readWord(text: string): readonly LiveProcess[] {
  try {
    return [liveProcess.parse(JSON.parse(text))];
  } catch {
    return [];
  }
}
