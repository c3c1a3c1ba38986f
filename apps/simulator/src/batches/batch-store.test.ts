import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { configSchema } from '../config.ts';
import { loadConfig } from '@batch-gpt/config';
import { type Clock } from '../clock.ts';
import { createFaults, type Faults } from '../faults/create-faults.ts';
import { createFileStore, type FileStore } from '../files/file-store.ts';
import { noJournal } from '../journal/journal.ts';
import { createLedger } from '../ledger.ts';
import { createModelCatalogue } from '../models.ts';
import { applyPatch, type SettingsPatch } from '../settings.ts';
import { chatLine } from '../testing/chat-line.ts';
import { type Batch, enter } from './batch.ts';
import { takeQuirks } from './batch-errors.ts';
import { type BatchStore, createBatchStore } from './batch-store.ts';
import { createTokenBudget } from './token-budget.ts';

/** A clock that stands until it is moved; timers run in the order they are due. */
function createHandClock(): Clock & { move(ms: number): void } {
  let now = 1_800_000_000_000;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return { cancel: () => (timers = timers.filter((other) => other !== timer)) };
    },
    move(ms) {
      now += ms;
      for (const { run } of timers.filter(({ at }) => at <= now)) run();
    },
  };
}

const times = { validatingMs: 3000, inProgressMs: 10_000, finalizingMs: 2000, cancellingMs: 600_000 };
const order = {
  endpoint: '/v1/chat/completions',
  inputFileId: 'file-in',
  metadata: null,
  outputSeconds: null,
} as const;
let dir = '';
let clock: ReturnType<typeof createHandClock>;
let settings = applyPatch(loadConfig(configSchema, {}).simulator.settings, times);
let files: FileStore;
let store: BatchStore;
let faults: Faults;
let ended: string[] = [];
let bugs: unknown[] = [];
const ledger = createLedger(1000);

function change(patch: SettingsPatch): void {
  settings = applyPatch(settings, patch);
  store.wakeAll();
}
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'batches-'));
  clock = createHandClock();
  bugs = [];
  ended = [];
  faults = createFaults({ clock, seed: 1 });
  settings = applyPatch(loadConfig(configSchema, {}).simulator.settings, times);
  ledger.reset();
  files = createFileStore({ dir, clock, limit: 100, journal: noJournal, restored: [] });
  const path = join(dir, 'in');
  const lines = Array.from({ length: 10 }, (_, index) => JSON.stringify(chatLine(`id-${index}`, 'x')));
  await writeFile(path, lines.join('\n'));
  await files.add({
    ...{ id: 'file-in', path, bytes: 1, filename: 'in.jsonl', purpose: 'batch' },
    ...{ createdAtMs: clock.now(), expiresAtMs: null, visibleAtMs: 0 },
  });
  store = createBatchStore({
    ...{
      clock,
      faults,
      files,
      ledger,
      models: createModelCatalogue([]),
      budget: createTokenBudget(),
      seed: 1,
      limit: 3,
      journal: noJournal,
      restored: [],
    },
    settings: () => settings,
    onEnded: ({ status }) => ended.push(status),
    onBug: (error) => bugs.push(error),
  });
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true });
  expect(bugs).toEqual([]);
});

const create = (): Batch => store.create(order, takeQuirks(faults, { fileId: order.inputFileId, nowMs: clock.now() }));

/** Moves time in steps, with a turn for files after each, until a batch has a status; returns the milliseconds since its creation. */
async function until(batch: Batch, status: string, stepMs: number): Promise<number> {
  for (let turns = 0; batch.status !== status; turns += 1) {
    if (turns > 20_000) throw new Error(`stuck in ${batch.status}`);
    await nextTurn();
    if (turns % 20 === 19) clock.move(stepMs);
  }
  return clock.now() - batch.createdAtMs;
}

describe('a batch in time', () => {
  test('stays in each state for the set time and runs its lines evenly', async () => {
    const batch = create();
    const running = await until(batch, 'in_progress', 100);
    expect(running).toBeGreaterThanOrEqual(3000);
    expect(batch.counts).toEqual({ total: 10, completed: 0, failed: 0 });
    while (batch.counts.completed < 5) {
      clock.move(100);
      await nextTurn();
    }
    expect(clock.now() - (batch.enteredAtMs.in_progress ?? 0)).toBeGreaterThanOrEqual(5000);
    expect(batch.status).toBe('in_progress');
    const finalizing = await until(batch, 'finalizing', 100);
    expect(finalizing).toBeGreaterThanOrEqual(running + 10_000);
    expect(batch.outputFileId).toBeNull();
    expect(await until(batch, 'completed', 100)).toBeGreaterThanOrEqual(finalizing + 2000);
    expect(batch.outputFileId).not.toBeNull();
  });

  test('expires after exactly its window, not before', async () => {
    change({ hold: true });
    const batch = create();
    await until(batch, 'in_progress', 100);
    clock.move(batch.expiresAtMs - clock.now() - 1);
    for (let turns = 0; turns < 50; turns += 1) await nextTurn();
    expect(batch.status).toBe('in_progress');
    clock.move(1);
    await until(batch, 'expired', 0);
    expect([batch.outputFileId, batch.counts.completed]).toEqual([null, 0]);
    expect(batch.errorFileId).not.toBeNull();
  });

  test('cancelled in finalizing keeps every line', async () => {
    const batch = create();
    await until(batch, 'finalizing', 1000);
    store.cancel(batch);
    expect(await until(batch, 'cancelled', 60_000)).toBeGreaterThanOrEqual(600_000);
    expect([batch.counts.completed, batch.errorFileId]).toEqual([10, null]);
  });

  test('under cancel_rising takes its time, runs half of what is left meanwhile, and is told of once', async () => {
    change({ hold: true, cancellingMs: 0 });
    const batch = create();
    await until(batch, 'in_progress', 1000);
    store.cancel(batch, 1_500_000);
    const counts: number[] = [];
    const look = (): void => {
      if (batch.counts.completed !== counts.at(-1)) counts.push(batch.counts.completed);
    };
    const cancelledAt = clock.now();
    while (batch.status === 'cancelling') {
      look();
      clock.move(1000);
      for (let turns = 0; turns < 5; turns += 1) await nextTurn();
    }
    look();
    expect(counts).toEqual([0, 1, 2, 3, 4, 5]);
    expect(clock.now() - cancelledAt).toBeGreaterThanOrEqual(1_500_000);
    expect(batch.counts).toEqual({ total: 10, completed: 5, failed: 0 });
    while (ended.length === 0) await nextTurn();
    expect(ended).toEqual(['cancelled']);
  });

  test('is forgotten when final and too many came after it; the input lives on after validation when deleted', async () => {
    const first = create();
    await until(first, 'in_progress', 1000);
    await files.remove('file-in');
    await until(first, 'completed', 1000);
    const others = [create(), create(), create()];
    expect(store.get(first.id)).toBeNull();
    for (const other of others) await until(other, 'failed', 1000);
  });
});

test('a bug in a life is reported and ends the batch all the same', async () => {
  await files.add({
    ...{ id: 'file-in', path: dir, bytes: 1, filename: 'in.jsonl', purpose: 'batch' },
    ...{ createdAtMs: clock.now(), expiresAtMs: null, visibleAtMs: 0 },
  });
  const batch = create();
  await until(batch, 'failed', 1000);
  expect(bugs.splice(0)).toEqual([expect.objectContaining({ code: 'EISDIR' })]);
});

test('there is no move that the table does not have', () => {
  const batch = create();
  expect(() => enter(batch, 'completed', 0)).toThrow('no move from validating to completed');
  store.cancel(batch);
  expect(() => enter(batch, 'in_progress', 0)).toThrow();
});
