import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { answerTextFor } from './answers/answer-for.ts';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { chatLine } from './testing/chat-line.ts';
import { clientOf, control, reach, type Row, rowsOf, submit, upload } from './testing/client-of.ts';

const fast = { validatingMs: 1, inProgressMs: 1, finalizingMs: 1, cancellingMs: 1, slowMs: 1 };
const ten = Array.from({ length: 10 }, (_, index) => chatLine(`id-${index}`, `word ${index}`));
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  simulator = await createSimulator({ settings: fast });
  client = clientOf(simulator);
});
afterEach(() => simulator.close());

const inject = (...faults: unknown[]) => control(simulator, 'POST', '/control', { faults });
const complete = async (lines: Parameters<typeof submit>[1]): Promise<OpenAI.Batch> =>
  reach(client, (await submit(client, lines)).id, 'completed');
const contentOf = (row: Row | undefined): unknown =>
  (row?.response?.body['choices'] as { message: { content: string } }[] | undefined)?.[0]?.message.content;

describe('rows', () => {
  test('line_marker makes lines run as if they had the marker, as often as ordered', async () => {
    await inject(
      { name: 'line_marker', marker: 'duplicate_row' },
      { name: 'line_marker', marker: 'unknown_row' },
      { name: 'line_marker', marker: 'lost_row', times: 2 },
      { name: 'line_marker', marker: '500' },
    );
    const done = await complete(ten);
    const ids = (await rowsOf(client, done.output_file_id)).map((row) => row.custom_id);
    expect(ids).toHaveLength(7 + 1 + 1);
    expect(new Set(ids).size).toBe(8);
    const strangers = ids.filter((id) => !ten.some((line) => line['custom_id'] === id));
    expect(strangers).toEqual([expect.stringMatching(/^unknown-/)]);
    expect(done.request_counts).toEqual({ total: 10, completed: 9, failed: 1 });
    expect(await rowsOf(client, done.error_file_id)).toHaveLength(1);
  });

  test('line_marker with a probability spoils some lines; a marker in the text comes first', async () => {
    await inject({ name: 'line_marker', marker: '500', probability: 0.5 });
    const lines = Array.from({ length: 100 }, (_, index) => chatLine(`id-${index}`, 'x'));
    const done = await complete([...lines, chatLine('own', '[[simulate:400]]')]);
    const statuses = (await rowsOf(client, done.error_file_id)).map((row) => row.response?.status_code);
    expect(statuses.length).toBeGreaterThan(25);
    expect(statuses.length).toBeLessThan(75);
    expect(statuses.filter((status) => status === 400)).toHaveLength(1);
  });

  test('line separators stand raw in the file, inside of strings, and a row is still one line', async () => {
    const lines = [chatLine('a', 'hi [[simulate:line_separator]]'), chatLine('b', 'two')];
    const done = await complete(lines);
    const text = await (await client.files.content(done.output_file_id ?? '')).text();
    for (const separator of ['\u2028', '\u2029', '\u0085']) expect(text).toContain(separator);
    expect(text.split('\n')).toHaveLength(3);
    const row = (await rowsOf(client, done.output_file_id)).find(({ custom_id: id }) => id === 'a');
    expect(contentOf(row)).toBe(answerTextFor('/v1/chat/completions', lines[0]?.['body'] as Record<string, unknown>));
  });

  test('a big answer has its kilobytes, beyond 16 MB too', async () => {
    const line = chatLine('a', 'long [[simulate:big:17000]]');
    const done = await complete([line, chatLine('b', 'x')]);
    const rows = await rowsOf(client, done.output_file_id);
    const content = contentOf(rows.find(({ custom_id: id }) => id === 'a'));
    const expected = answerTextFor('/v1/chat/completions', line['body'] as Record<string, unknown>);
    expect(expected.length).toBeGreaterThan(17_000_000);
    // Compared as a truth value: a difference would be printed whole.
    expect(content === expected).toBe(true);
    expect(simulator.ledger.countsOf('a')).toEqual({ runs: 1, billed: 1, delivered: 1 });
  });

  test('no_trailing_newline leaves it out of one batch, and every row is still counted as delivered', async () => {
    await inject({ name: 'no_trailing_newline' });
    const [bare, usual] = [await complete(ten), await complete(ten)];
    const text = async (batch: OpenAI.Batch) => (await client.files.content(batch.output_file_id ?? '')).text();
    expect((await text(bare)).endsWith('}')).toBe(true);
    expect(simulator.ledger.totals().delivered_rows).toBe(10);
    expect((await text(usual)).endsWith('}\n')).toBe(true);
  });
});

describe('a batch', () => {
  test('expire_partial: expires with half of its lines done, or with as many as ordered', async () => {
    await inject({ name: 'expire_partial' }, { name: 'expire_partial', line: 3 });
    for (const count of [5, 3]) {
      const done = await reach(client, (await submit(client, ten)).id, 'expired');
      expect(done.request_counts).toEqual({ total: 10, completed: count, failed: 0 });
      expect(await rowsOf(client, done.output_file_id)).toHaveLength(count);
      const errors = await rowsOf(client, done.error_file_id);
      expect(errors.map((row) => row.error?.code)).toEqual(Array.from({ length: 10 - count }, () => 'batch_expired'));
    }
    expect((await complete(ten)).request_counts?.completed).toBe(10);
  });

  test('cancel_rising: counts rise while it is cancelling, though it was held, and half of the lines are left', async () => {
    simulator.change({ hold: true });
    const lines = Array.from({ length: 1000 }, (_, index) => chatLine(`id-${index}`, 'x'));
    const batch = await submit(client, lines);
    await reach(client, batch.id, 'in_progress');
    await inject({ name: 'cancel_rising', ms: 60_000 });
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelling');
    const seen = new Set<number>();
    while (seen.size < 3) {
      const { status, request_counts: counts } = await client.batches.retrieve(batch.id);
      expect(status).toBe('cancelling');
      seen.add(counts?.completed ?? 0);
    }
    expect(await control(simulator, 'POST', `/batches/${batch.id}/finish`)).toMatchObject({ status: 'cancelled' });
    const done = await client.batches.retrieve(batch.id);
    expect(done.request_counts).toEqual({ total: 1000, completed: 500, failed: 0 });
    expect(await rowsOf(client, done.output_file_id)).toHaveLength(500);
    const errors = await rowsOf(client, done.error_file_id);
    expect(errors.map((row) => row.error?.code)).toEqual(Array.from({ length: 500 }, () => 'batch_cancelled'));
  });

  test('cancel_500 cancels nothing', async () => {
    simulator.change({ hold: true });
    const batch = await submit(client, ten);
    await reach(client, batch.id, 'in_progress');
    await inject({ name: 'cancel_500' });
    await expect(client.batches.cancel(batch.id)).rejects.toMatchObject({ status: 500 });
    expect((await client.batches.retrieve(batch.id)).status).toBe('in_progress');
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelling');
  });

  test('stuck_in_progress stays at 0 lines while others complete, until commanded', async () => {
    await inject({ name: 'stuck_in_progress' });
    const stuck = await submit(client, ten);
    await reach(client, stuck.id, 'in_progress');
    await complete(ten);
    expect(await client.batches.retrieve(stuck.id)).toMatchObject({
      status: 'in_progress',
      request_counts: { total: 10, completed: 0 },
    });
    await control(simulator, 'POST', `/batches/${stuck.id}/finish`);
    expect((await reach(client, stuck.id, 'completed')).request_counts?.completed).toBe(10);
  });

  test('stuck_in_progress ends with its window', async () => {
    simulator.change({ expiresMs: 30 });
    await inject({ name: 'stuck_in_progress' });
    const done = await reach(client, (await submit(client, ten)).id, 'expired');
    expect(done).toMatchObject({ output_file_id: null, request_counts: { completed: 0 } });
  });

  test('stuck_validating stays there while others complete, until cancelled, commanded or expired', async () => {
    await inject({ name: 'stuck_validating', times: 3 });
    const [first, second] = [await submit(client, ten), await submit(client, ten)];
    simulator.change({ expiresMs: 30 });
    const expiring = await submit(client, ten);
    expect(await reach(client, expiring.id, 'expired')).toMatchObject({ output_file_id: null, error_file_id: null });
    simulator.change({ expiresMs: 3_600_000 });
    await complete(ten);
    expect((await client.batches.retrieve(first.id)).status).toBe('validating');
    await client.batches.cancel(first.id);
    await reach(client, first.id, 'cancelled');
    expect(await control(simulator, 'POST', `/batches/${second.id}/finish`)).toMatchObject({ status: 'completed' });
  });
});

describe('what the simulator tells of itself', () => {
  test('the ledger by key: run, billed and delivered, each download counted, broken ones not', async () => {
    const lines = [chatLine('good', 'x'), chatLine('a/b c', 'y'), chatLine('bad', '[[simulate:400]]')];
    const done = await complete(lines);
    await rowsOf(client, done.output_file_id);
    await rowsOf(client, done.output_file_id);
    await inject({ name: 'content_cut' });
    await expect(rowsOf(client, done.output_file_id)).rejects.toThrow();
    await rowsOf(client, done.error_file_id);
    const key = async (id: string) => control(simulator, 'GET', `/ledger/keys/${encodeURIComponent(id)}`);
    expect(await key('good')).toEqual({ custom_id: 'good', runs: 1, billed: 1, delivered: 2 });
    expect(await key('a/b c')).toEqual({ custom_id: 'a/b c', runs: 1, billed: 1, delivered: 2 });
    expect(await key('bad')).toEqual({ custom_id: 'bad', runs: 1, billed: 0, delivered: 1 });
    expect(await key('none')).toEqual({ custom_id: 'none', runs: 0, billed: 0, delivered: 0 });
    expect(await control(simulator, 'GET', '/ledger/totals')).toMatchObject({
      delivered_rows: 5,
      delivered_custom_ids: 3,
      delivered_twice_custom_ids: 2,
    });
    const page = await control(simulator, 'GET', '/ledger/keys?limit=2');
    expect(page).toMatchObject({ has_more: true, next_after: 2 });
    expect(page['keys']).toHaveLength(2);
  });

  test('a half download delivers the rows that are whole in it; an input file delivers nothing', async () => {
    simulator.change({ shuffle: false });
    const done = await complete([chatLine('a', 'x'), chatLine('b', 'x'), chatLine('c', 'x')]);
    await inject({ name: 'content_short' });
    await (await client.files.content(done.output_file_id ?? '')).text();
    await (await client.files.content(done.input_file_id)).text();
    expect(['a', 'b', 'c'].map((id) => simulator.ledger.countsOf(id).delivered)).toEqual([1, 0, 0]);
  });

  test('enqueued tokens count while a batch is pending and are free when it has ended, however it ends', async () => {
    simulator.change({ hold: true, enqueuedTokenLimit: 1_000_000 });
    const shown = () => control(simulator, 'GET', '');
    expect(await shown()).toMatchObject({ enqueued_tokens: {}, batches: {}, files: 0, webhooks_pending: 0 });
    const dated = ten.map((_line, index) => chatLine(`id-${index}`, 'x', 'gpt-6-luna-2026-08-06'));
    const batches = [await submit(client, ten), await submit(client, dated), await submit(client, ten)];
    for (const { id } of batches) await reach(client, id, 'in_progress');
    const { enqueued_tokens: tokens, batches: statuses } = await shown();
    expect(tokens).toEqual({ 'gpt-6-luna-2026-08-06': expect.any(Number) });
    expect(statuses).toEqual({ in_progress: 3 });
    const [first, second, third] = batches.map(({ id }) => id);
    await control(simulator, 'POST', `/batches/${first ?? ''}/finish`);
    await control(simulator, 'POST', `/batches/${second ?? ''}/expire`);
    await client.batches.cancel(third ?? '');
    await reach(client, third ?? '', 'cancelled');
    expect(await shown()).toMatchObject({
      enqueued_tokens: {},
      batches: { completed: 1, expired: 1, cancelled: 1 },
    });
    await upload(client, ten);
  });
});
