import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { answerFor } from './answers/answer-for.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from './create-simulator.ts';
import { journalName } from './journal/journal.ts';
import { type JsonObject } from './json.ts';
import { type SettingsPatch } from './settings.ts';
import { chatLine } from './testing/chat-line.ts';
import { clientOf, control, reach, rowsOf, submit } from './testing/client-of.ts';

const fast = { validatingMs: 1, inProgressMs: 5, finalizingMs: 1, cancellingMs: 1, slowMs: 5 };
const forever = 1_000_000;
const count = 2000;
const lines = Array.from({ length: count }, (_, index) => chatLine(`id-${index}`, `word ${index}`));
let dataDir = '';
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'restart-'));
});
afterEach(async () => {
  await simulator.close();
  await rm(dataDir, { recursive: true });
});

async function start(settings: SettingsPatch = {}, more: SimulatorOptions = {}): Promise<void> {
  simulator = await createSimulator({ dataDir, settings: { ...fast, ...settings }, ...more });
  client = clientOf(simulator);
}
async function restart(settings: SettingsPatch = {}, more: SimulatorOptions = {}): Promise<void> {
  await simulator.close();
  await start(settings, more);
}
/** Waits until some lines of a batch have run, and not all of them. */
async function untilHalfway(id: string): Promise<OpenAI.Batch> {
  for (;;) {
    const batch = await client.batches.retrieve(id);
    const completed = batch.request_counts?.completed ?? 0;
    if (completed >= count) throw new Error('all lines have run');
    if (completed > 0) return batch;
    await nextTurn();
  }
}
/** Custom ids in the order of the rows, each with the answer to its own body. */
async function checkedIds(fileId: string | null | undefined, of: readonly JsonObject[] = lines): Promise<string[]> {
  const rows = await rowsOf(client, fileId);
  const bodies = new Map(of.map((line) => [line['custom_id'], line['body'] as JsonObject]));
  for (const { custom_id: id, response } of rows) {
    const { body } = answerFor('/v1/chat/completions', bodies.get(id) ?? {});
    expect(response?.body['choices']).toEqual(body['choices']);
  }
  return rows.map((row) => row.custom_id);
}
/** The order of results that nothing has interrupted. */
async function undisturbedOrder(): Promise<string[]> {
  await using other = await createSimulator({ settings: fast });
  const undisturbed = clientOf(other);
  const done = await reach(undisturbed, (await submit(undisturbed, lines)).id, 'completed');
  return (await rowsOf(undisturbed, done.output_file_id)).map((row) => row.custom_id);
}
const ranOnce = { lines_run: count, lines_billed: count, distinct_custom_ids: count, repeated_custom_ids: 0 };

describe('a batch that a restart meets', () => {
  test('in validating goes on with its input, metadata and times', async () => {
    await start({ validatingMs: forever });
    const batch = await submit(client, lines);
    await restart();
    const done = await reach(client, batch.id, 'completed');
    const { created_at, expires_at, input_file_id, metadata } = batch;
    expect(done).toMatchObject({ created_at, expires_at, input_file_id, metadata });
    expect(simulator.ledger.totals()).toMatchObject({ ...ranOnce, files: 1, created: 1, lines_received: count });
  });

  test('in progress has each line run once, in the order and with the results it would have had', async () => {
    await start({ inProgressMs: 60_000 });
    const batch = await submit(client, lines);
    const before = await untilHalfway(batch.id);
    const { lines_run: ran } = simulator.ledger.totals();
    await restart({ hold: true });
    const held = await client.batches.retrieve(batch.id);
    expect(held).toMatchObject({ status: 'in_progress', model: before.model, in_progress_at: before.in_progress_at });
    expect(held.request_counts?.completed).toBeGreaterThanOrEqual(ran);
    expect(simulator.ledger.totals().lines_run).toBe(held.request_counts?.completed);
    simulator.change({ hold: false });
    const done = await reach(client, batch.id, 'completed');
    expect(done.request_counts).toEqual({ total: count, completed: count, failed: 0 });
    expect(await checkedIds(done.output_file_id)).toEqual(await undisturbedOrder());
    expect(simulator.ledger.totals()).toMatchObject({ ...ranOnce, lines_received: count });
    expect(done.usage?.output_tokens).toBe(simulator.ledger.totals().output_tokens);
    expect(await control(simulator, 'GET', '')).toMatchObject({ enqueued_tokens: {} });
  });

  test('in progress with its input deleted ends all the same, and the input is then gone', async () => {
    await start({ inProgressMs: 60_000 });
    const batch = await submit(client, lines);
    await untilHalfway(batch.id);
    await client.files.delete(batch.input_file_id);
    await restart({ inProgressMs: 60_000 });
    await restart();
    const done = await reach(client, batch.id, 'completed');
    expect((await checkedIds(done.output_file_id)).length).toBe(count);
    while ((await readdir(dataDir)).includes(batch.input_file_id)) await nextTurn();
    expect((await readdir(dataDir)).toSorted()).toEqual([done.output_file_id, journalName].toSorted());
  });

  test('with lines put off runs them once', async () => {
    await start({ slowMs: forever });
    const slow = [chatLine('quick', 'x'), chatLine('slow', 'y [[simulate:slow]]')];
    const batch = await submit(client, slow);
    while (simulator.ledger.totals().lines_run === 0) await nextTurn();
    await restart();
    const done = await reach(client, batch.id, 'completed');
    expect((await rowsOf(client, done.output_file_id)).map((row) => row.custom_id)).toEqual(['quick', 'slow']);
    expect(simulator.ledger.totals()).toMatchObject({ lines_run: 2, repeated_custom_ids: 0 });
  });

  test('in finalizing completes with what has run', async () => {
    await start({ finalizingMs: forever });
    const batch = await submit(client, lines);
    const before = await reach(client, batch.id, 'finalizing');
    await restart();
    const done = await reach(client, batch.id, 'completed');
    expect(done.finalizing_at).toBe(before.finalizing_at);
    expect(await checkedIds(done.output_file_id)).toEqual(await undisturbedOrder());
    expect(simulator.ledger.totals()).toMatchObject(ranOnce);
  });

  test('in cancelling runs nothing more and gives up the rest', async () => {
    await start({ inProgressMs: 60_000, cancellingMs: forever });
    const batch = await submit(client, lines);
    await untilHalfway(batch.id);
    const { cancelling_at } = await client.batches.cancel(batch.id);
    await restart();
    const { lines_run: ran } = simulator.ledger.totals();
    const done = await reach(client, batch.id, 'cancelled');
    expect(done.cancelling_at).toBe(cancelling_at);
    const [good, bad] = [await checkedIds(done.output_file_id), await rowsOf(client, done.error_file_id)];
    expect(good).toHaveLength(ran);
    expect(new Set([...good, ...bad.map((row) => row.custom_id)]).size).toBe(count);
    expect(good.length + bad.length).toBe(count);
    expect(new Set(bad.map((row) => row.error?.code))).toEqual(new Set(['batch_cancelled']));
    expect(simulator.ledger.totals().lines_run).toBe(ran);
  });

  test('in cancelling before or after its lines ran is cancelled with none or all of them', async () => {
    await start({ validatingMs: forever, finalizingMs: forever, cancellingMs: forever });
    const unrun = await submit(client, lines);
    await client.batches.cancel(unrun.id);
    simulator.change({ validatingMs: 1 });
    const whole = await submit(client, lines);
    await reach(client, whole.id, 'finalizing');
    await client.batches.cancel(whole.id);
    await restart();
    const none = await reach(client, unrun.id, 'cancelled');
    expect([none.output_file_id, none.error_file_id, none.in_progress_at]).toEqual([null, null, null]);
    const all = await reach(client, whole.id, 'cancelled');
    expect([(await checkedIds(all.output_file_id)).length, all.error_file_id]).toEqual([count, null]);
    expect(simulator.ledger.totals()).toMatchObject(ranOnce);
  });

  test('when it has ended is as it was, with its results and in the list', async () => {
    await start();
    const good = await reach(client, (await submit(client, lines)).id, 'completed');
    const bad = await reach(client, (await submit(client, ['{}'])).id, 'failed');
    await checkedIds(good.output_file_id);
    const totals = simulator.ledger.totals();
    const files = (await client.files.list()).data;
    await restart();
    expect(simulator.ledger.totals()).toEqual(totals);
    expect(totals).toMatchObject({ delivered_rows: count, delivered_custom_ids: count });
    expect((await client.batches.list()).data).toEqual([bad, good]);
    expect((await client.files.list()).data).toEqual(files);
    expect((await checkedIds(good.output_file_id)).length).toBe(count);
  });
});

test('a second restart changes nothing, and later batches have ordinals of their own', async () => {
  await start({ hold: true });
  const first = await submit(client, lines);
  await reach(client, first.id, 'in_progress');
  await restart({ hold: true });
  await restart();
  const ids = await checkedIds((await reach(client, first.id, 'completed')).output_file_id);
  const second = await reach(client, (await submit(client, lines)).id, 'completed');
  expect(await checkedIds(second.output_file_id)).not.toEqual(ids);
  expect(simulator.ledger.totals()).toMatchObject({ lines_run: 2 * count, billed_twice_custom_ids: count });
});

test('a slice whose record is torn runs again and is counted once', async () => {
  await start({ inProgressMs: 60_000 });
  const batch = await submit(client, lines);
  await untilHalfway(batch.id);
  await simulator.close();
  const { lines_run: ran } = simulator.ledger.totals();
  const path = join(dataDir, journalName);
  await truncate(path, (await stat(path)).size - 20);
  await start({ hold: true });
  await reach(client, batch.id, 'in_progress');
  expect(simulator.ledger.totals().lines_run).toBeLessThan(ran);
  simulator.change({ hold: false });
  const done = await reach(client, batch.id, 'completed');
  expect(await checkedIds(done.output_file_id)).toEqual(await undisturbedOrder());
  expect(simulator.ledger.totals()).toMatchObject(ranOnce);
});

test('a batch whose results somebody took away fails', async () => {
  await start({ inProgressMs: 60_000 });
  const batch = await submit(client, lines);
  await untilHalfway(batch.id);
  await simulator.close();
  for (const name of await readdir(dataDir)) {
    if (name !== journalName && name !== batch.input_file_id) await truncate(join(dataDir, name), 1);
  }
  await start();
  expect((await reach(client, batch.id, 'failed')).errors?.data).toMatchObject([{ code: 'server_error' }]);
  expect((await readdir(dataDir)).toSorted()).toEqual([batch.input_file_id, journalName].toSorted());
});

test('what is kept is bounded over restarts, in the directory too', async () => {
  await start({}, { keepBatches: 2, keepFiles: 3 });
  const ids: string[] = [];
  for (let round = 0; round < 4; round += 1) {
    ids.push((await reach(client, (await submit(client, [chatLine(`k-${round}`, 'x')])).id, 'completed')).id);
    await restart({}, { keepBatches: 2, keepFiles: 3 });
  }
  expect((await client.batches.list()).data.map(({ id }) => id)).toEqual(ids.slice(-2).toReversed());
  expect((await client.files.list()).data).toHaveLength(3);
  expect(await readdir(dataDir)).toHaveLength(4);
  expect(simulator.ledger.totals()).toMatchObject({ lines_run: 4, created: 4, files: 4 });
});

test('the creation limit and a vanished batch outlast a restart', async () => {
  await start({ createsPerHour: 1, hold: true });
  const batch = await submit(client, lines);
  simulator.orderFaults([{ name: 'batch_vanishes' }]);
  await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
  await restart({ createsPerHour: 1 });
  await expect(client.batches.retrieve(batch.id)).rejects.toMatchObject({ status: 404 });
  await expect(submit(client, lines)).rejects.toMatchObject({ status: 429 });
});
