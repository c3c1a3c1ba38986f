import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountId, GroupId } from '@batch-gpt/contracts';
import { defaultProtocolTimings, type BatchProvider, type BatchRecord } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { createMetrics } from '@batch-gpt/metrics';
import {
  createManualClock,
  createMemoryBudgets,
  createMemoryProvider,
  createMemorySignals,
  createMemoryStores,
  sampleAccount,
  sampleGroup,
  sampleRequests,
} from '@batch-gpt/testing';
import { createAccountBudgets } from '../account-budgets.ts';
import type { BatcherDeps } from '../batcher-deps.ts';
import { closeWindow } from '../close-window.ts';
import { createFullStoreAlarm } from '../full-store-alarm.ts';
import { createHeldBatches, type HeldBatches } from '../held-batches.ts';
import { createScratchFolder } from '../scratch-folder.ts';
import { createSlots } from '../slots.ts';
import { createTakeStep } from '../take-step.ts';
import { createTokenLimits } from '../token-limits.ts';
import { createWorkingAccounts } from '../working-accounts.ts';

/** The world that batchers of one test share: stores, provider, signals, time. */
export function createWorld() {
  const clock = createManualClock();
  const stores = createMemoryStores();
  const signals = createMemorySignals();
  const provider = createMemoryProvider(() => clock.now());
  const workDir = mkdtempSync(join(tmpdir(), 'batch-gpt-batcher-'));
  return {
    clock,
    stores,
    signals,
    /** That of the sample account. */
    provider,
    /** Providers by account; a test adds and removes as it likes. */
    providers: new Map<AccountId, BatchProvider>([[sampleAccount, provider]]),
    budgets: createMemoryBudgets(() => clock.monotonic()),
    workDir,
    group: sampleGroup(),
    accept: (count: number, from = 0) => stores.requests.insert(sampleRequests(count, {}, from)),
    [Symbol.asyncDispose]: () => rm(workDir, { recursive: true, force: true }),
  };
}

export type World = ReturnType<typeof createWorld>;

/** One batcher process of a test. */
export interface TestBatcher {
  readonly deps: BatcherDeps;
  readonly held: HeldBatches;
  readonly close: (group?: GroupId) => Promise<void>;
  /** The only batch there is. */
  readonly batch: () => Promise<BatchRecord>;
}

export function createTestBatcher(
  world: World,
  owner = 'batcher-1',
  overrides: Partial<BatcherDeps> = {},
): TestBatcher {
  const monotonic = () => world.clock.monotonic();
  const deps: BatcherDeps = {
    requests: world.stores.requests,
    batches: world.stores.batches,
    idempotency: world.stores.idempotency,
    ownedIds: world.stores.ownedIds,
    ledger: world.stores.ledger,
    cache: world.stores.cache,
    fullStore: createFullStoreAlarm(world.clock, silentLogger),
    keep: { settledBatches: 400 * 24 * 3_600_000, storedBytes: null },
    bells: world.signals.bells,
    hints: world.signals.hints,
    ended: world.signals.ended,
    outcomes: world.signals.outcomes,
    clock: world.clock,
    logger: silentLogger,
    metrics: createMetrics({ service: 'batcher', version: 'test', processMetrics: false }),
    timings: defaultProtocolTimings,
    limits: { lines: 50_000, bytes: 190_000_000, inputs: 50_000 },
    accounts: createWorkingAccounts({
      providerOf: (account) => world.providers.get(account) ?? null,
      names: () => [...world.providers.keys()],
      monotonic,
      parkFor: 60_000,
      logger: silentLogger,
    }),
    budgets: createAccountBudgets(world.budgets),
    tokenLimits: createTokenLimits({ configured: () => null, monotonic }),
    window: 5000,
    scratch: createScratchFolder(world.workDir),
    workDir: world.workDir,
    owner,
    ...overrides,
  };
  const building = createSlots(2);
  const held = createHeldBatches({ ...deps, takeStep: createTakeStep(deps), building, maxHeld: 100 });
  return {
    deps,
    held,
    close: (group = world.group) =>
      closeWindow({ ...deps, held, building }, group, 'time', new AbortController().signal),
    batch: async () => {
      const open = await world.stores.batches.open(null, 10);
      const [only] = open;
      if (only === undefined || open.length > 1) throw new Error(`expected one open batch, found ${open.length}`);
      return only;
    },
  };
}
