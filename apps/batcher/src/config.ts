import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accountsEnv,
  defineConfig,
  durationMs,
  durationSeconds,
  logEnv,
  opsEnv,
  orNull,
  positiveInt,
  redisEnv,
  section,
  storeEnv,
  text,
  type ConfigOf,
} from '@batch-gpt/config';
import { defaultProtocolTimings, providerBatchLimits } from '@batch-gpt/domain';
import { defaultRates } from './account-budgets.ts';
import { parseTokenLimits } from './parse-token-limits.ts';

const day = 24 * 3600 * 1000;

/** How long a group collects, and what one batch may hold; never more than the provider takes. */
const batchingEnv = section(
  {
    COLLATE_BATCHES_FOR_DURATION_IN_MS: durationMs({ max: day, default: 5000 }),
    MAX_BATCH_LINES: positiveInt({ max: providerBatchLimits.lines, default: providerBatchLimits.lines }),
    MAX_BATCH_BYTES: positiveInt({ max: providerBatchLimits.bytes, default: providerBatchLimits.bytes }),
    MAX_BATCH_INPUTS: positiveInt({ max: providerBatchLimits.inputs, default: providerBatchLimits.inputs }),
    MAX_HELD_BATCHES: positiveInt({ max: 10_000, default: 1000 }),
    BUILD_CONCURRENCY: positiveInt({ max: 16, default: 2 }),
    CREATIONS_PER_HOUR: positiveInt({ max: 1_000_000, default: defaultRates.creations }),
    ENQUEUED_TOKEN_LIMITS: orNull(text()),
    WORK_DIR: text().default(join(tmpdir(), 'batch-gpt')),
  },
  (env, problem) => {
    const tokenLimits = parseTokenLimits(env.ENQUEUED_TOKEN_LIMITS);
    if ('problem' in tokenLimits) problem('ENQUEUED_TOKEN_LIMITS', tokenLimits.problem);
    return {
      window: env.COLLATE_BATCHES_FOR_DURATION_IN_MS,
      limits: { lines: env.MAX_BATCH_LINES, bytes: env.MAX_BATCH_BYTES, inputs: env.MAX_BATCH_INPUTS },
      maxHeld: env.MAX_HELD_BATCHES,
      buildConcurrency: env.BUILD_CONCURRENCY,
      creationsPerHour: env.CREATIONS_PER_HOUR,
      enqueuedTokenLimits: 'limits' in tokenLimits ? tokenLimits.limits : {},
      workDir: env.WORK_DIR,
    };
  },
);

/** A hundred years, in seconds. */
const longest = 36_525 * 24 * 3600;

/** What the sweep leaves in the database. */
const keepEnv = section(
  {
    BATCH_KEEP: durationSeconds({ max: longest, default: 400 * 24 * 3600 }),
    STORE_MAX_BYTES: orNull(positiveInt({ max: Number.MAX_SAFE_INTEGER })),
  },
  (env) => ({ settledBatches: env.BATCH_KEEP * 1000, storedBytes: env.STORE_MAX_BYTES }),
);

const { beatEvery, ownerGoneAfter, sweepEvery, createTimeout } = defaultProtocolTimings;
const { reconcileGrace, fenceWait, listMargin, pollMin, submitDeadline, stuckAfter } = defaultProtocolTimings;

/** Durations of the submit protocol; shortened together in tests, rarely touched elsewhere. */
const protocolEnv = section(
  {
    BATCH_BEAT_MS: durationMs({ max: day, default: beatEvery }),
    BATCH_OWNER_GONE_AFTER_MS: durationMs({ max: day, default: ownerGoneAfter }),
    SWEEP_EVERY_MS: durationMs({ max: day, default: sweepEvery }),
    CREATE_TIMEOUT_MS: durationMs({ max: day, default: createTimeout }),
    RECONCILE_GRACE_MS: durationMs({ max: day, default: reconcileGrace }),
    FENCE_WAIT_MS: durationMs({ max: day, default: fenceWait }),
    POLL_MIN_MS: durationMs({ max: day, default: pollMin }),
    COLLECT_BATCH_STATS_POLLING_MAX_INTERVAL_SECONDS: durationSeconds({ max: day / 1000, default: 60 }),
    SUBMIT_DEADLINE_MS: durationMs({ max: 30 * day, default: submitDeadline }),
  },
  (env, problem) => {
    if (env.BATCH_OWNER_GONE_AFTER_MS <= 2 * env.BATCH_BEAT_MS) {
      problem(
        'BATCH_OWNER_GONE_AFTER_MS',
        'must be more than twice BATCH_BEAT_MS, or living owners are taken for gone',
      );
    }
    if (env.CREATE_TIMEOUT_MS >= env.BATCH_OWNER_GONE_AFTER_MS) {
      problem('CREATE_TIMEOUT_MS', 'must be less than BATCH_OWNER_GONE_AFTER_MS, or an owner outlives its batch');
    }
    return {
      beatEvery: env.BATCH_BEAT_MS,
      ownerGoneAfter: env.BATCH_OWNER_GONE_AFTER_MS,
      sweepEvery: env.SWEEP_EVERY_MS,
      createTimeout: env.CREATE_TIMEOUT_MS,
      reconcileGrace: env.RECONCILE_GRACE_MS,
      fenceWait: env.FENCE_WAIT_MS,
      listMargin,
      pollMin: env.POLL_MIN_MS,
      pollMax: Math.max(env.POLL_MIN_MS, env.COLLECT_BATCH_STATS_POLLING_MAX_INTERVAL_SECONDS * 1000),
      submitDeadline: env.SUBMIT_DEADLINE_MS,
      stuckAfter,
    };
  },
);

export const batcherConfig = defineConfig({
  batching: batchingEnv,
  protocol: protocolEnv,
  keep: keepEnv,
  redis: redisEnv,
  store: storeEnv,
  accounts: accountsEnv('required'),
  ops: opsEnv,
  log: logEnv,
});

export type BatcherConfig = ConfigOf<typeof batcherConfig>;
