import { durationMs, durationSeconds, section } from '@batch-gpt/config';
import { defaultRetention } from '@batch-gpt/domain';

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
  },
  (env) => ({
    window: env.COLLATE_BATCHES_FOR_DURATION_IN_MS,
    responseTtl: env.BACKGROUND_RESPONSE_TTL * 1000,
    failureTtl: env.FAILURE_TTL * 1000,
  }),
);
