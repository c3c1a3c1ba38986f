import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { watchAccounts, type Accounts } from '@batch-gpt/accounts';
import type { AccountId, LiveProcess } from '@batch-gpt/contracts';
import type { Clock } from '@batch-gpt/domain';
import { createInterval, createOpsServer, sleep, reportDependencies, type Service } from '@batch-gpt/lifecycle';
import { createLogger } from '@batch-gpt/logging';
import { createMetrics } from '@batch-gpt/metrics';
import { createProviderPool } from '@batch-gpt/openai-batch';
import {
  announceProcess,
  createBellConsumer,
  createConsumer,
  createNewsSubscriber,
  createSignals,
} from '@batch-gpt/queue';
import { openStores } from '@batch-gpt/stores';
import { createAccountBudgets, defaultRates } from './account-budgets.ts';
import type { BatcherDeps } from './batcher-deps.ts';
import { closeWindow } from './close-window.ts';
import { collectRequests } from './collect-requests.ts';
import type { BatcherConfig } from './config.ts';
import { createFullStoreAlarm } from './full-store-alarm.ts';
import { createHeldBatches } from './held-batches.ts';
import { createScratchFolder } from './scratch-folder.ts';
import { removeOrphans } from './remove-orphans.ts';
import { createSlots } from './slots.ts';
import { sweep } from './sweep.ts';
import { createTakeOver } from './take-over-batches.ts';
import { createTakeStep } from './take-step.ts';
import { createTokenLimits } from './token-limits.ts';
import { createWorkingAccounts } from './working-accounts.ts';

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now(), sleep };

const version = '0.1.0';

/** How long a refused account rests before the next try. */
const parkFor = 60_000;
const orphansEvery = 3_600_000;
const closesAtOnce = 4;
const jobsAtOnce = 50;

/** Builds the batcher: what it needs first, what makes it work last, so that disposal stops the work first. */
export async function createBatcher(
  config: BatcherConfig,
  signal: AbortSignal,
  settings: LiveProcess['settings'] = [],
): Promise<Service> {
  const { batching, protocol: timings } = config;
  const owner = `${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`;
  await using starting = new AsyncDisposableStack();
  const logger = starting.use(createLogger({ service: 'batcher', ...config.log }));
  const metrics = createMetrics({ service: 'batcher', version });
  const accounts = starting.use(await watchAccounts(config.accounts, logger));
  const stores = starting.use(await openStores({ store: config.store, logger }));
  const redisUrl = config.redis.url.reveal();
  const signals = starting.use(createSignals({ redisUrl, logger, sweepEveryMs: timings.sweepEvery }));
  await signals.fitness();

  starting.use(
    await createOpsServer({
      ...config.ops,
      metrics,
      logger,
      signal,
      ready: async () => {
        await Promise.all([stores.ping(), signals.ping()]);
        return { ok: true, checks: { store: true, redis: true } };
      },
    }),
  );
  const { providerOf } = starting.use(createProviderPool({ accounts, logger }));
  const monotonic = () => clock.monotonic();
  const creationsPerHour = (account: AccountId) =>
    accounts.byName(account)?.creationsPerHour ?? batching.creationsPerHour;
  const tokenLimits = new Map(Object.entries(batching.enqueuedTokenLimits));
  const deps: BatcherDeps = {
    requests: stores.requests,
    batches: stores.batches,
    idempotency: stores.idempotency,
    ownedIds: stores.ownedIds,
    ledger: stores.ledger,
    cache: stores.cache,
    fullStore: createFullStoreAlarm(clock, logger),
    keep: config.keep,
    bells: signals.bells,
    hints: signals.hints,
    ended: signals.ended,
    outcomes: signals.outcomes,
    clock,
    logger,
    metrics,
    timings,
    limits: batching.limits,
    accounts: createWorkingAccounts({ providerOf, names: () => namesOf(accounts), monotonic, parkFor, logger }),
    budgets: createAccountBudgets(signals.budgets, (account, kind) =>
      kind === 'creations' ? creationsPerHour(account) : defaultRates[kind],
    ),
    tokenLimits: createTokenLimits({
      configured: (account, model) =>
        accounts.byName(account)?.enqueuedTokenLimits.get(model) ?? tokenLimits.get(model) ?? null,
      monotonic,
    }),
    window: batching.window,
    scratch: createScratchFolder(batching.workDir),
    workDir: batching.workDir,
    owner,
  };
  const building = createSlots(batching.buildConcurrency);
  const held = starting.use(
    createHeldBatches({ ...deps, takeStep: createTakeStep(deps), building, maxHeld: batching.maxHeld }),
  );
  starting.use(createInterval(() => held.beat(), timings.beatEvery, logger));

  starting.use(createNewsSubscriber({ redisUrl, logger, onNews: (id) => held.wake(id) }));

  const consuming = { redisUrl, logger, onFailed: (queue: string) => metrics.queueJobsFailed.inc({ queue }) };
  starting.use(
    createConsumer('acceptedRequests', {
      ...consuming,
      concurrency: jobsAtOnce,
      handler: (job) => collectRequests(deps, job),
    }),
  );
  starting.use(
    createBellConsumer({
      ...consuming,
      redis: signals.redis,
      concurrency: closesAtOnce,
      handler: (job, context) => closeWindow({ ...deps, held, building }, job.group, job.trigger, context.signal),
    }),
  );
  starting.use(
    createConsumer('sweeps', { ...consuming, concurrency: 1, handler: (_job, context) => sweep(deps, context.signal) }),
  );
  // Redis may come back empty at any time, and its clock of the sweep with it.
  starting.use(createInterval(() => signals.sweeps.ensure(), timings.sweepEvery, logger, { immediate: true }));
  starting.use(createInterval(createTakeOver({ ...deps, held }), timings.sweepEvery, logger, { immediate: true }));
  starting.use(createInterval((stopping) => removeOrphans(deps, stopping), orphansEvery, logger));
  const creations = async () =>
    Promise.all(
      namesOf(accounts).map(async (account) => ({
        account,
        perHour: creationsPerHour(account),
        wait: await deps.budgets.pause(account, 'creations'),
      })),
    );
  metrics.onScrape(async () => {
    await reportDependencies(metrics, { store: () => stores.ping(), redis: () => signals.ping() });
    metrics.batchesHeld.set(held.size);
    const parked = deps.accounts.names().filter((name) => (deps.accounts.of(name)?.account.parked() ?? null) !== null);
    metrics.accountsParked.set(parked.length);
    // An account that is gone from the configuration is gone here.
    metrics.creationsWait.reset();
    for (const { account, wait } of await creations()) metrics.creationsWait.set({ account }, wait / 1000);
  });
  starting.use(
    announceProcess({
      ...{ id: owner, service: 'batcher', version, settings, processes: signals.processes, logger },
      state: async () => ({ heldBatches: held.size, creations: await creations() }),
    }),
  );

  const stack = starting.move();
  return {
    logger,
    shutdownGraceMs: config.ops.shutdownGraceMs,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Those that this process can work with. */
function namesOf({ all }: Accounts): readonly AccountId[] {
  return all.filter(({ credentials }) => credentials !== null).map(({ name }) => name);
}
