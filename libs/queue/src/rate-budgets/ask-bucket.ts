import type { Budget } from '@batch-gpt/domain';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { orUnavailable } from '../or-unavailable.ts';
import { queueKeys } from '../queue-keys.ts';

/** What a process asks of a shared bucket. */
export interface Question {
  readonly take: boolean;
  /** Taken elsewhere while the bucket could not be asked; it is taken from the bucket now. */
  readonly owed: number;
  /** The asking process among those that share the bucket. */
  readonly user: string;
}

/** What a shared bucket answers: milliseconds until there is one, what is left, and by how many it is shared. */
export interface Answer {
  readonly pause: number;
  readonly tokens: number;
  readonly users: number;
}

// Redis runs a script as one step, on its own clock. A bucket that nobody asked for is full again after an hour.
const script = `
local perHour, take, owed, user = tonumber(ARGV[1]), ARGV[2] == '1', tonumber(ARGV[3]), ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1] or perHour), tonumber(kept[2] or now)
tokens = math.min(perHour, tokens + math.max(0, now - at) * perHour / 3600000)
tokens = math.max(-perHour, tokens - owed)
local pause = 0
if tokens < 1 then
  pause = math.ceil((1 - tokens) * 3600000 / perHour)
elseif take then
  tokens = tokens - 1
end
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], 7200000)
redis.call('ZADD', KEYS[2], now, user)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 600000)
redis.call('PEXPIRE', KEYS[2], 7200000)
return { pause, string.format('%.6f', tokens), redis.call('ZCARD', KEYS[2]) }
`;

const reply = z.tuple([z.number().min(0), z.coerce.number(), z.number().min(1)]);

/** Asks the bucket of a budget; rejects with AppError `queue_unavailable`, and then the question may have been heard. */
export function askBucket(
  { redis, prefix }: { readonly redis: Redis; readonly prefix: string },
  { account, kind, perHour }: Budget,
  { take, owed, user }: Question,
): Promise<Answer> {
  const keys = queueKeys(prefix);
  const names = [keys.budget(account, kind), keys.budgetUsers(account, kind)];
  return orUnavailable(async () => {
    const given = await redis.eval(script, 2, ...names, perHour, take ? 1 : 0, owed, user);
    const [pause, tokens, users] = reply.parse(given);
    return { pause, tokens, users };
  });
}
