import type { LineSizes } from '@batch-gpt/contracts';
import type { HintCounters } from '@batch-gpt/domain';
import type { Redis } from 'ioredis';
import { orUnavailable } from './or-unavailable.ts';
import { queueKeys } from './queue-keys.ts';

const KEPT_S = 24 * 60 * 60;

const fields = ['lines', 'bytes', 'tokens', 'inputs'] as const satisfies readonly (keyof LineSizes)[];

/**
 * Sums of what waits, one hash per group. Hints only: an addition whose answer was lost may be made twice, and a day
 * after the last addition they are gone.
 */
export function createHintCounters({ redis, prefix }: { redis: Redis; prefix: string }): HintCounters {
  const keys = queueKeys(prefix);
  return {
    add: (group, sizes) =>
      orUnavailable(async () => {
        const pipeline = redis.pipeline();
        for (const field of fields) pipeline.hincrby(keys.hints(group), field, sizes[field]);
        pipeline.expire(keys.hints(group), KEPT_S);
        const sums = valuesOf(await pipeline.exec());
        return { lines: sums[0] ?? 0, bytes: sums[1] ?? 0, tokens: sums[2] ?? 0, inputs: sums[3] ?? 0 };
      }),
    clear: (group) =>
      orUnavailable(async () => {
        await redis.del(keys.hints(group));
      }),
  };
}

function valuesOf(replies: readonly [Error | null, unknown][] | null): number[] {
  if (replies === null) throw new Error('the pipeline was aborted');
  return replies.map(([error, value]) => {
    if (error !== null) throw error;
    return Number(value);
  });
}
