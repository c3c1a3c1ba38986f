import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { watchAccounts } from '@batch-gpt/accounts';
import type { LiveProcess } from '@batch-gpt/contracts';
import { createInterval, createOpsServer, reportDependencies, type Service } from '@batch-gpt/lifecycle';
import { createLogger, withLogContext } from '@batch-gpt/logging';
import { createMetrics } from '@batch-gpt/metrics';
import { createProviderPool } from '@batch-gpt/openai-batch';
import { announceProcess, createConsumer, createSignals } from '@batch-gpt/queue';
import { openStores } from '@batch-gpt/stores';
import type { ResultsConfig } from './config.ts';
import type { ResultsDeps } from './results-deps.ts';
import { settleBatch } from './settle-batch.ts';

const version = '0.1.0';

/** Builds the results service: what it needs first, its consumer last, so that disposal stops the work first. */
export async function createResults(
  config: ResultsConfig,
  signal: AbortSignal,
  settings: LiveProcess['settings'] = [],
): Promise<Service> {
  const { settling, ops } = config;
  await using starting = new AsyncDisposableStack();
  const logger = starting.use(createLogger({ service: 'results', ...config.log }));
  const metrics = starting.adopt(createMetrics({ service: 'results', version }), (all) => all.dispose());
  const accounts = starting.use(await watchAccounts(config.accounts, logger));
  const stores = starting.use(
    await openStores({ store: config.store, keepRequestBodies: settling.keepBodies, logger }),
  );
  const redisUrl = config.redis.url.reveal();
  const signals = starting.use(createSignals({ redisUrl, logger, sweepEveryMs: settling.sweepEvery }));
  await signals.fitness();

  metrics.onScrape(async () => {
    await reportDependencies(metrics, { store: () => stores.ping(), redis: () => signals.ping() });
  });
  const ready = async () => {
    await Promise.all([stores.ping(), signals.ping()]);
    return { ok: true, checks: { store: true, redis: true } };
  };
  starting.use(await createOpsServer({ ...ops, metrics, logger, signal, ready }));

  const { providerOf } = starting.use(createProviderPool({ accounts, logger }));
  const deps: ResultsDeps = {
    requests: stores.requests,
    batches: stores.batches,
    providerOf,
    outcomes: signals.outcomes,
    bells: signals.bells,
    clock: { now: () => Date.now() },
    logger,
    metrics,
    retention: config.retention,
    window: settling.window,
    maxLineBytes: settling.maxLineBytes,
    maxTextBytes: stores.maxTextBytes,
    stuckAfter: settling.stuckAfter,
  };
  let settlingNow = 0;
  starting.use(
    createConsumer('finishedBatches', {
      redisUrl,
      logger,
      concurrency: settling.concurrency,
      onFailed: (queue) => metrics.queueJobsFailed.inc({ queue }),
      handler: async ({ batchId }, job) => {
        settlingNow += 1;
        try {
          await withLogContext({ batchId }, () => settleBatch(deps, batchId, job.signal));
        } finally {
          settlingNow -= 1;
        }
      },
    }),
  );
  // Redis may come back empty, and the clock of the sweep with it: whoever notices starts it again.
  starting.use(createInterval(() => signals.sweeps.ensure(), settling.sweepEvery, logger, { immediate: true }));

  starting.use(
    announceProcess({
      ...{ id: `${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`, service: 'results', version, settings },
      ...{ processes: signals.processes, logger },
      state: () => ({ heldBatches: settlingNow }),
    }),
  );

  const stack = starting.move();
  return { logger, shutdownGraceMs: ops.shutdownGraceMs, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
