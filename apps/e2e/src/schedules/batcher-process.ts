import {
  closeWindow,
  collectRequests,
  createAccountBudgets,
  createHeldBatches,
  createSlots,
  createTakeOver,
  createTakeStep,
  createTokenLimits,
  createWorkingAccounts,
  sweep,
  type BatcherDeps,
} from '@batch-gpt/batcher';
import type { AcceptedRequestsJob, CloseTrigger, GroupId } from '@batch-gpt/contracts';
import { defaultProtocolTimings } from '@batch-gpt/domain';
import { createMemoryBudgets, createMemoryStores } from '@batch-gpt/testing';
import { endJob, watchingLogger } from './expected-error.ts';
import { overWire, providerPort, queueAway, signalSite, storeAway, storeSite } from './ports.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** A batcher: the service's own use cases, put together as the service does it. */
export interface BatcherProcess {
  readonly process: SimProcess;
  collect(job: AcceptedRequestsJob): void;
  close(group: GroupId, trigger: CloseTrigger): void;
  sweep(): void;
  wake(providerBatchId: string): void;
  /** Ends as on SIGTERM, then dies. */
  stop(): void;
}

/** No call of a schedule leaves any of these behind. */
const { idempotency, ownedIds, ledger, cache } = createMemoryStores();
const kept = {
  idempotency,
  ownedIds,
  ledger,
  cache,
  keep: { settledBatches: 400 * 24 * 3_600_000, storedBytes: null },
};

const storeTimeout = 10_000;
const window = 5000;

export function startBatcher(world: World, process: SimProcess): BatcherProcess {
  const { wire, violate } = world;
  const { clock, name } = process;
  const timings = defaultProtocolTimings;
  const store = { wire, process, siteOf: storeSite, error: storeAway, timeout: storeTimeout };
  const signal = { wire, process, siteOf: signalSite, error: queueAway, timeout: storeTimeout };
  const scratch = createScratch();
  const logger = watchingLogger(violate, (line) => world.trace(`${name} ${line}`));
  const monotonic = () => clock.monotonic();
  const provider = providerPort({
    wire,
    process,
    world: world.provider,
    read: scratch.read,
    createTimeout: timings.createTimeout,
    onCreate: world.onCreate,
  });
  const deps: BatcherDeps = {
    requests: overWire(world.requests, { ...store, name: 'requests' }),
    batches: overWire(world.batches, { ...store, name: 'batches' }),
    ...kept,
    bells: overWire(world.bells, { ...signal, name: 'bells' }),
    hints: overWire(world.hints, { ...signal, name: 'hints' }),
    ended: overWire(world.ended, { ...signal, name: 'ended' }),
    outcomes: overWire(world.outcomes, { ...signal, name: 'outcomes' }),
    clock,
    logger,
    metrics: world.metrics,
    timings,
    limits: world.limits,
    accounts: createWorkingAccounts({
      providerOf: () => provider,
      names: () => [],
      monotonic,
      parkFor: 60_000,
      logger,
    }),
    budgets: createAccountBudgets(createMemoryBudgets(monotonic)),
    tokenLimits: createTokenLimits({ configured: () => null, monotonic }),
    window,
    scratch,
    workDir: 'none',
    // No store here has a limit.
    fullStore: { raise: () => undefined, clear: () => undefined },
    owner: name,
  };
  const building = createSlots(2);
  const takeStep = world.mutate(deps, createTakeStep(deps));
  const held = createHeldBatches({ ...deps, takeStep, building, maxHeld: 100 });
  const takeOver = createTakeOver({ ...deps, held });
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  const run = (job: () => Promise<void>): void => {
    process.resume(() => {
      if (stopping.signal.aborted) return;
      const ending = endJob(job(), violate).finally(() => running.delete(ending));
      running.add(ending);
    });
  };
  const every = async (ms: number, turn: () => Promise<void>): Promise<void> => {
    while (!stopping.signal.aborted) {
      await endJob(turn(), violate);
      await clock.sleep(ms, stopping.signal);
    }
  };
  void every(timings.beatEvery, () => held.beat());
  void every(timings.sweepEvery, () => takeOver(stopping.signal));

  return {
    process,
    collect: (job) => run(() => collectRequests(deps, job)),
    close: (group, trigger) => run(() => closeWindow({ ...deps, held, building }, group, trigger, stopping.signal)),
    sweep: () => run(() => sweep(deps, stopping.signal)),
    wake: (id) => process.resume(() => held.wake(id)),
    stop: () =>
      process.resume(() => {
        stopping.abort();
        void Promise.all(running)
          .then(() => endJob(Promise.resolve(held[Symbol.asyncDispose]()), violate))
          .then(() => process.kill());
      }),
  };
}

/** This machine's scratch folder: it dies with its process. */
function createScratch(): BatcherDeps['scratch'] & { readonly read: (path: string) => Buffer } {
  const files = new Map<string, Buffer[]>();
  return {
    create: (name) => {
      const pieces: Buffer[] = [];
      files.set(name, pieces);
      return Promise.resolve({
        path: name,
        write: (bytes) => Promise.resolve(void pieces.push(bytes)),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
    remove: (name) => Promise.resolve(void files.delete(name)),
    read: (path) => Buffer.concat(files.get(path) ?? []),
  };
}
