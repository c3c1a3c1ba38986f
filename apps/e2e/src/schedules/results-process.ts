import type { BatchId } from '@batch-gpt/contracts';
import { defaultProtocolTimings, defaultRetention } from '@batch-gpt/domain';
import { settleBatch, type ResultsDeps } from '@batch-gpt/results';
import { endJob, watchingLogger } from './expected-error.ts';
import { overWire, providerPort, queueAway, signalSite, storeAway, storeSite } from './ports.ts';
import type { SimProcess } from './sim-process.ts';
import type { World } from './world.ts';

/** A results service, put together as the service does it. */
export interface ResultsProcess {
  readonly process: SimProcess;
  settle(id: BatchId): void;
  /** Ends as on SIGTERM, then dies. */
  stop(): void;
}

const callTimeout = 10_000;

export function startResults(world: World, process: SimProcess): ResultsProcess {
  const { wire, violate } = world;
  const { clock, name } = process;
  const store = { wire, process, siteOf: storeSite, error: storeAway, timeout: callTimeout };
  const signal = { wire, process, siteOf: signalSite, error: queueAway, timeout: callTimeout };
  const provider = providerPort({
    wire,
    process,
    world: world.provider,
    read: () => Buffer.alloc(0),
    createTimeout: defaultProtocolTimings.createTimeout,
    onCreate: world.onCreate,
  });
  const deps: ResultsDeps = {
    requests: overWire(world.requests, { ...store, name: 'requests' }),
    batches: overWire(world.batches, { ...store, name: 'batches' }),
    providerOf: () => provider,
    outcomes: overWire(world.outcomes, { ...signal, name: 'outcomes' }),
    bells: overWire(world.bells, { ...signal, name: 'bells' }),
    clock,
    logger: watchingLogger(violate, (line) => world.trace(`${name} ${line}`)),
    metrics: world.metrics,
    retention: defaultRetention,
    window: 5000,
    maxLineBytes: 1_000_000,
    maxTextBytes: 1_000_000,
    stuckAfter: defaultProtocolTimings.stuckAfter,
  };
  const stopping = new AbortController();
  const running = new Map<BatchId, Promise<void>>();
  return {
    process,
    settle: (id) =>
      process.resume(() => {
        if (stopping.signal.aborted || running.has(id)) return;
        running.set(
          id,
          endJob(settleBatch(deps, id, stopping.signal), violate).finally(() => running.delete(id)),
        );
      }),
    stop: () =>
      process.resume(() => {
        stopping.abort();
        void Promise.all(running.values()).then(() => process.kill());
      }),
  };
}
