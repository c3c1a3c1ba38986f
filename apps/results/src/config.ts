import {
  accountsEnv,
  defineConfig,
  durationMs,
  durationSeconds,
  logEnv,
  oneOf,
  opsEnv,
  positiveInt,
  redisEnv,
  section,
  storeEnv,
  type ConfigOf,
} from '@batch-gpt/config';
import { defaultProtocolTimings, defaultRecheckEvery, defaultRetention, shortestFailureTtl } from '@batch-gpt/domain';

const day = 24 * 3600 * 1000;
const megabyte = 1024 * 1024;
const inSeconds = (ms: number) => ms / 1000;

const kept = { failed: 'failed', on: 'all', off: 'none' } as const;

/** How much is settled at a time, and what returned requests wait for. */
const settlingEnv = section(
  {
    SETTLE_CONCURRENCY: positiveInt({ max: 64, default: 4 }),
    MAX_RESULT_LINE_BYTES: positiveInt({ max: 512 * megabyte, default: 64 * megabyte }),
    COLLATE_BATCHES_FOR_DURATION_IN_MS: durationMs({ max: day, default: 5000 }),
    SWEEP_EVERY_MS: durationMs({ max: day, default: defaultProtocolTimings.sweepEvery }),
    KEEP_REQUEST_BODIES: oneOf(['failed', 'on', 'off']).default('failed'),
    RESULTS_STUCK_AFTER_MS: durationMs({ max: 30 * day, default: defaultProtocolTimings.stuckAfter }),
  },
  (env) => ({
    concurrency: env.SETTLE_CONCURRENCY,
    maxLineBytes: env.MAX_RESULT_LINE_BYTES,
    window: env.COLLATE_BATCHES_FOR_DURATION_IN_MS,
    sweepEvery: env.SWEEP_EVERY_MS,
    keepBodies: kept[env.KEEP_REQUEST_BODIES],
    stuckAfter: env.RESULTS_STUCK_AFTER_MS,
  }),
);

/** A hundred years, in seconds: far beyond, a time in milliseconds is no safe integer and cannot be read back. */
const longest = 36_525 * 24 * 3600;

/** How long outcomes stay of use, in seconds. */
const retentionEnv = section(
  {
    CACHE_TTL: durationSeconds({ max: longest, default: inSeconds(defaultRetention.cacheTtl) }),
    RETRY_GRACE: durationSeconds({ max: longest, default: inSeconds(defaultRetention.retryGrace) }),
    FAILURE_TTL: durationSeconds({ max: longest, default: inSeconds(defaultRetention.failureTtl) }),
    OUTCOME_KEEP: durationSeconds({ max: longest, default: inSeconds(defaultRetention.minimumKeep) }),
    // The gateway's, by the same name: its waiting connections have to be told of a failure while it answers.
    WAITER_SWEEP_MS: durationMs({ max: 60_000, default: defaultRecheckEvery }),
  },
  (env, problem) => {
    const failureTtl = env.FAILURE_TTL * 1000;
    if (failureTtl < shortestFailureTtl(env.WAITER_SWEEP_MS)) {
      problem('FAILURE_TTL', 'must be at least three times WAITER_SWEEP_MS, so that who waits for a failure finds it');
    }
    return {
      cacheTtl: env.CACHE_TTL * 1000,
      retryGrace: env.RETRY_GRACE * 1000,
      failureTtl,
      minimumKeep: env.OUTCOME_KEEP * 1000,
    };
  },
);

export const resultsConfig = defineConfig({
  settling: settlingEnv,
  retention: retentionEnv,
  redis: redisEnv,
  store: storeEnv,
  accounts: accountsEnv('required'),
  ops: opsEnv,
  log: logEnv,
});

export type ResultsConfig = ConfigOf<typeof resultsConfig>;
