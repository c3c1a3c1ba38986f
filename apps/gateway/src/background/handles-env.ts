import { durationMs, durationSeconds, section } from '@batch-gpt/config';
import { defaultRecheckEvery, defaultRetention, shortestFailureTtl } from '@batch-gpt/domain';

const day = 24 * 3600;
/** A hundred years. */
const longest = 36_525 * day;

/** What callers are told of requests that they do not wait for. Times are milliseconds. */
export const handlesEnv = section(
  {
    // The batcher's, by the same name: here it only says when a window closes.
    COLLATE_BATCHES_FOR_DURATION_IN_MS: durationMs({ max: day * 1000, default: 5000 }),
    BACKGROUND_RESPONSE_TTL: durationSeconds({ max: longest, default: 30 * day }),
    // The results worker's, by the same name: a cancellation is a failure like others.
    FAILURE_TTL: durationSeconds({ max: longest, default: defaultRetention.failureTtl / 1000 }),
    // That of waiting connections: they have to be told of a failure while it answers.
    WAITER_SWEEP_MS: durationMs({ max: 60_000, default: defaultRecheckEvery }),
  },
  (env, problem) => {
    const failureTtl = env.FAILURE_TTL * 1000;
    if (failureTtl < shortestFailureTtl(env.WAITER_SWEEP_MS)) {
      problem('FAILURE_TTL', 'must be at least three times WAITER_SWEEP_MS, so that who waits for a failure finds it');
    }
    return {
      window: env.COLLATE_BATCHES_FOR_DURATION_IN_MS,
      responseTtl: env.BACKGROUND_RESPONSE_TTL * 1000,
      failureTtl,
    };
  },
);
