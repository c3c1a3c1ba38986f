import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type OpenAI from 'openai';
import { answerFor } from './answers/answer-for.ts';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { chatLine } from './testing/chat-line.ts';
import { clientOf, control, reach, rowsOf, submit, upload } from './testing/client-of.ts';

const fast = { validatingMs: 1, inProgressMs: 5, finalizingMs: 1, cancellingMs: 1, slowMs: 5 };
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  simulator = await createSimulator({ settings: fast });
  client = clientOf(simulator);
});
afterEach(() => simulator.close());

const words = Array.from({ length: 30 }, (_, index) => `word ${index}`);
const manyLines = words.map((word, index) => chatLine(`id-${index}`, word));

describe('a batch of good lines', () => {
  test('completes with one row a line, each carrying the answer to its own body, not in input order', async () => {
    const batch = await submit(client, manyLines);
    expect(batch).toMatchObject({ status: 'validating', request_counts: { total: 0, completed: 0, failed: 0 } });
    expect(batch.expires_at).toBe(batch.created_at + 86_400);

    const done = await reach(client, batch.id, 'completed');
    const rows = await rowsOf(client, done.output_file_id);
    const order = rows.map((row) => row.custom_id);
    expect(order.toSorted()).toEqual(manyLines.map((line) => line['custom_id']).toSorted());
    expect(order).not.toEqual(manyLines.map((line) => line['custom_id']));
    for (const row of rows) {
      const line = manyLines.find((one) => one['custom_id'] === row.custom_id);
      const { body } = answerFor('/v1/chat/completions', line?.['body'] as Record<string, unknown>);
      expect(row.response?.body['choices']).toEqual(body['choices']);
    }
  });

  test('shows counts, resolved model, usage, times and null for the absent error file', async () => {
    const done = await reach(client, (await submit(client, manyLines)).id, 'completed');
    expect(done).toMatchObject({
      model: 'gpt-6-luna-2026-08-06',
      errors: null,
      error_file_id: null,
      request_counts: { total: 30, completed: 30, failed: 0 },
      failed_at: null,
    });
    const rows = await rowsOf(client, done.output_file_id);
    const used = rows.map((row) => (row.response?.body['usage'] as { total_tokens: number }).total_tokens);
    expect(done.usage?.total_tokens).toBe(used.reduce((sum, tokens) => sum + tokens, 0));
    expect(done.completed_at).toEqual(expect.any(Number));
    const file = await client.files.retrieve(done.output_file_id ?? '');
    expect(file).toMatchObject({ purpose: 'batch_output', filename: `${done.id}_output.jsonl` });
    expect(Buffer.byteLength(await (await client.files.content(file.id)).text())).toBe(file.bytes);
  });

  test('stands in the ledger line by line when it ran', async () => {
    await reach(client, (await submit(client, manyLines)).id, 'completed');
    await reach(client, (await submit(client, manyLines.slice(0, 3))).id, 'completed');
    const totals = await control(simulator, 'GET', '/ledger/totals');
    expect(totals).toMatchObject({
      files: 2,
      batches: 2,
      created: 2,
      lines_received: 33,
      lines_run: 33,
      lines_billed: 33,
      distinct_custom_ids: 30,
      repeated_custom_ids: 3,
      billed_twice_custom_ids: 3,
    });
    const first = await control(simulator, 'GET', '/ledger?limit=30');
    const second = await control(simulator, 'GET', `/ledger?after=${String(first['next_after'])}&limit=30`);
    expect([first['has_more'], second['has_more']]).toEqual([true, false]);
    expect(second['lines']).toHaveLength(3);
    expect(await control(simulator, 'DELETE', '/ledger')).toMatchObject({ lines_run: 0, distinct_custom_ids: 0 });
  });
});

describe('lines that are refused inside a batch', () => {
  test('go to the error file with status and envelope, or a bare error, as their markers say', async () => {
    const markers = ['400', '404', '429', '500', 'timeout', 'expired', 'missing', 'status0', 'slow', 'lost_row'];
    const lines = markers.map((name) => chatLine(name, `please [[simulate:${name}]]`));
    const done = await reach(client, (await submit(client, lines)).id, 'completed');
    const output = await rowsOf(client, done.output_file_id);
    const errors = await rowsOf(client, done.error_file_id);
    expect(output.map((row) => [row.custom_id, row.response?.status_code]).toSorted()).toEqual([
      ['slow', 200],
      ['status0', 0],
    ]);
    const outcome = Object.fromEntries(
      errors.map((row) => [row.custom_id, row.response?.status_code ?? row.error?.code]),
    );
    expect(outcome).toEqual({
      '400': 400,
      '404': 404,
      '429': 429,
      '500': 500,
      timeout: 'request_timeout',
      expired: 'batch_expired',
    });
    expect(errors.find((row) => row.custom_id === '404')?.response?.body).toEqual({
      error: {
        message: expect.stringContaining('gpt-6-luna-2026-08-06-batch'),
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_found',
      },
    });
    expect(done.request_counts).toEqual({ total: 10, completed: 3, failed: 5 });
    expect(simulator.ledger.totals()).toMatchObject({ lines_run: 8, lines_billed: 2 });
  });

  test('all refused: completed without an output file', async () => {
    const done = await reach(client, (await submit(client, [chatLine('a', '[[simulate:400]]')])).id, 'completed');
    expect(done).toMatchObject({ output_file_id: null, request_counts: { total: 1, completed: 0, failed: 1 } });
    expect(await rowsOf(client, done.error_file_id)).toHaveLength(1);
  });

  test('a numbered marker bites only the first runs of its custom id', async () => {
    const lines = [chatLine('again', '[[simulate:500:1]]')];
    const first = await reach(client, (await submit(client, lines)).id, 'completed');
    const second = await reach(client, (await submit(client, lines)).id, 'completed');
    expect([first.request_counts?.failed, second.request_counts?.completed]).toEqual([1, 1]);
  });

  test('a parameter out of range refuses its line alone', async () => {
    const bad = {
      custom_id: 'bad',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-6-luna', messages: [], temperature: 3 },
    };
    const done = await reach(client, (await submit(client, [bad, chatLine('good', 'hi')])).id, 'completed');
    expect(done.request_counts).toEqual({ total: 2, completed: 1, failed: 1 });
  });
});

describe('cancel', () => {
  test('while held: nothing more runs, every line is batch_cancelled and none counts as failed', async () => {
    simulator.change({ hold: true });
    const batch = await submit(client, manyLines);
    await reach(client, batch.id, 'in_progress');
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelling');
    const done = await reach(client, batch.id, 'cancelled');
    expect(done).toMatchObject({ output_file_id: null, request_counts: { total: 30, completed: 0, failed: 0 } });
    const errors = await rowsOf(client, done.error_file_id);
    expect(errors.map((row) => row.error?.code)).toEqual(manyLines.map(() => 'batch_cancelled'));
    expect(await client.batches.cancel(batch.id)).toMatchObject({ status: 'cancelled' });
  });

  test('while running: lines in flight still run, both files together hold every line', async () => {
    simulator.change({ inProgressMs: 3_600_000, cancelDrainLines: 4 });
    const batch = await submit(client, manyLines);
    await reach(client, batch.id, 'in_progress');
    await client.batches.cancel(batch.id);
    const done = await reach(client, batch.id, 'cancelled');
    expect(done.request_counts).toEqual({ total: 30, completed: 4, failed: 0 });
    expect(await rowsOf(client, done.output_file_id)).toHaveLength(4);
    expect(await rowsOf(client, done.error_file_id)).toHaveLength(26);
    expect(simulator.ledger.totals().lines_run).toBe(4);
  });

  test('before anything ran there are no files', async () => {
    simulator.change({ validatingMs: 3_600_000 });
    const batch = await submit(client, manyLines);
    await client.batches.cancel(batch.id);
    expect(await reach(client, batch.id, 'cancelled')).toMatchObject({ output_file_id: null, error_file_id: null });
  });

  test('of a finished batch is 409, of an unknown one 404', async () => {
    const batch = await submit(client, manyLines);
    await reach(client, batch.id, 'completed');
    await expect(client.batches.cancel(batch.id)).rejects.toMatchObject({
      status: 409,
      code: null,
      message: expect.stringContaining("Cannot cancel a batch with status 'completed'."),
    });
    await expect(client.batches.cancel('batch_none')).rejects.toMatchObject({ status: 404 });
  });
});

describe('the end of the window', () => {
  test('keeps what ran in the output file and lists the rest as batch_expired', async () => {
    simulator.change({ inProgressMs: 3_600_000 });
    const batch = await submit(client, [...manyLines, chatLine('last', 'x')]);
    await reach(client, batch.id, 'in_progress');
    await control(simulator, 'POST', `/batches/${batch.id}/expire`);
    const done = await reach(client, batch.id, 'expired');
    const errors = await rowsOf(client, done.error_file_id);
    expect(new Set(errors.map((row) => row.error?.code))).toEqual(new Set(['batch_expired']));
    expect((await rowsOf(client, done.output_file_id)).length + errors.length).toBe(31);
  });

  test('comes by itself at expires_at', async () => {
    simulator.change({ hold: true, expiresMs: 30 });
    const batch = await submit(client, manyLines);
    expect(await reach(client, batch.id, 'expired')).toMatchObject({ output_file_id: null });
  });

  test('commands end a held batch at once', async () => {
    simulator.change({ hold: true });
    const [one, two] = [await submit(client, manyLines), await submit(client, manyLines)];
    expect(await control(simulator, 'POST', `/batches/${one.id}/finish`)).toMatchObject({ status: 'completed' });
    expect(await control(simulator, 'POST', `/batches/${two.id}/fail`)).toMatchObject({ status: 'failed' });
  });
});

describe('validation', () => {
  test('one bad line fails the whole batch, all bad lines are named, nothing runs', async () => {
    const batch = await submit(client, [
      chatLine('a', 'x'),
      'no json',
      chatLine('a', 'y'),
      chatLine('c', 'z', 'gpt-none'),
    ]);
    const failed = await reach(client, batch.id, 'failed');
    expect(failed.errors?.data?.map(({ code, line }) => [code, line])).toEqual([
      ['invalid_json_line', 2],
      ['duplicate_custom_id', 3],
      ['model_not_found', 4],
    ]);
    expect(failed).toMatchObject({ output_file_id: null, error_file_id: null, request_counts: { total: 0 } });
    expect(simulator.ledger.totals().lines_run).toBe(0);
  });

  test('an unknown input file and one deleted before its end fail with file not found', async () => {
    simulator.change({ validatingMs: 3_600_000 });
    const input = await upload(client, manyLines);
    const order = { endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    const deleted = await client.batches.create({ ...order, input_file_id: input });
    const unknown = await client.batches.create({ ...order, input_file_id: 'file-none' });
    await client.files.delete(input);
    for (const { id } of [deleted, unknown]) {
      await control(simulator, 'POST', `/batches/${id}/finish`);
      expect((await reach(client, id, 'failed')).errors?.data).toEqual([
        { code: 'invalid_request', message: expect.stringContaining('Cannot find file'), param: 'file_id', line: null },
      ]);
    }
  });

  test('the enqueued-token limit fails a batch until others are done', async () => {
    simulator.change({ enqueuedTokenLimit: 2000, hold: true });
    const first = await submit(client, manyLines);
    await reach(client, first.id, 'in_progress');
    const second = await submit(client, manyLines);
    const failed = await reach(client, second.id, 'failed');
    expect(failed.errors?.data).toEqual([
      {
        code: 'token_limit_exceeded',
        message: expect.stringContaining('Limit: 2,000 enqueued tokens.'),
        param: null,
        line: null,
      },
    ]);
    await control(simulator, 'POST', `/batches/${first.id}/finish`);
    const third = await submit(client, manyLines);
    await reach(client, third.id, 'in_progress');
  });
});
