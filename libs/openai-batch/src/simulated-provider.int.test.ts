import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ProviderBatch } from '@batch-gpt/contracts';
import { batchLine, readResultRow, type BatchProvider } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { createSimulator, type FaultName, type Simulator } from '@batch-gpt/simulator';
import { eventually, sampleKey } from '@batch-gpt/testing';
import { createOpenAiBatchProvider } from './create-openai-batch-provider.ts';

const never = new AbortController().signal;
const endpoint = '/v1/chat/completions';
let simulator: Simulator;
let provider: BatchProvider & AsyncDisposable;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'openai-batch-'));
  const settings = { validatingMs: 1, inProgressMs: 5, finalizingMs: 1, cancellingMs: 1, slowMs: 5 };
  simulator = await createSimulator({ settings });
  provider = createOpenAiBatchProvider({ apiKey: 'sk-test', baseUrl: simulator.baseUrl, logger: silentLogger });
});
afterEach(async () => {
  await provider[Symbol.asyncDispose]();
  await simulator.close();
  await rm(folder, { recursive: true });
});

async function inputFile(lines: number, padding = 0) {
  const body = (n: number) =>
    JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `say ${n} ${'x'.repeat(padding)}` }] });
  const text = Array.from({ length: lines }, (_, n) => batchLine(sampleKey(n), endpoint, body(n))).join('');
  const path = join(folder, 'input.jsonl');
  await writeFile(path, text);
  return { path, filename: 'batch_1.jsonl', bytes: Buffer.byteLength(text) };
}

async function uploaded(lines: number): Promise<string> {
  const answer = await provider.uploadInputFile(await inputFile(lines), never);
  if (answer.kind !== 'done') throw new Error(answer.kind);
  return answer.value.id;
}

const create = (inputFileId: string) => provider.createBatch({ inputFileId, endpoint, metadata: { a: '1' } }, never);

async function created(lines: number): Promise<ProviderBatch> {
  const answer = await create(await uploaded(lines));
  if (answer.kind !== 'done') throw new Error(answer.kind);
  return answer.value;
}

const ended = (id: string, status: string) =>
  eventually(async () => {
    const batch = await provider.getBatch(id, never);
    return batch?.status === status && batch;
  });

const order = (...names: FaultName[]) => simulator.orderFaults(names.map((name) => ({ name })));

describe('the provider port on a simulated OpenAI', () => {
  it('runs a batch from its file to its results', async () => {
    const batch = await created(20);
    expect(batch).toMatchObject({ endpoint, metadata: { a: '1' }, output_file_id: null });
    expect((await provider.listBatches(null, never)).batches).toMatchObject([{ id: batch.id }]);

    const done = await ended(batch.id, 'completed');
    expect(done).toMatchObject({ request_counts: { total: 20, completed: 20, failed: 0 }, error_file_id: null });
    const opened = await provider.openFile(done.output_file_id ?? '', never);
    const text = Buffer.concat(await Array.fromAsync(opened?.chunks ?? []));
    expect(text.byteLength).toBe(opened?.bytes);
    const rows = text.toString('utf8').trimEnd().split('\n').map(readResultRow);
    expect(new Set(rows.map((row) => row?.custom_id)).size).toBe(20);

    expect(await provider.cancelBatch(batch.id, never)).toMatchObject({ status: 'completed' });
    await provider.deleteFile(batch.input_file_id ?? '', never);
    await provider.deleteFile(batch.input_file_id ?? '', never);
    expect(await provider.getFile(batch.input_file_id ?? '', never)).toBeNull();
  });

  it('uploads 50 MB', async () => {
    const file = await inputFile(500, 100_000);
    expect(file.bytes).toBeGreaterThan(50_000_000);
    const answer = await provider.uploadInputFile(file, never);
    expect(answer).toMatchObject({ kind: 'done', value: { bytes: file.bytes, filename: 'batch_1.jsonl' } });
  });

  it.each<[FaultName, string, number]>([
    ['create_lost_answer', 'doubtful', 1],
    ['create_500_created', 'doubtful', 1],
    ['create_500', 'doubtful', 0],
    ['create_html_502', 'doubtful', 0],
    ['create_429', 'wait', 0],
    ['billing_429', 'parked', 0],
    ['auth_401', 'parked', 0],
    ['create_file_400', 'refused', 0],
  ])('answers a create under %s as %s, with %i batches created', async (fault, kind, batches) => {
    const fileId = await uploaded(1);
    order(fault);
    expect((await create(fileId)).kind).toBe(kind);
    expect(simulator.ledger.totals().created).toBe(batches);
    expect((await provider.listBatches(null, never)).batches).toHaveLength(batches);
  });

  it.each<[FaultName, string]>([
    ['upload_lost_answer', 'doubtful'],
    ['upload_cut', 'doubtful'],
    ['upload_500', 'doubtful'],
    ['upload_429', 'wait'],
    ['auth_401', 'parked'],
  ])('answers an upload of several megabytes under %s as %s', async (fault, kind) => {
    order(fault);
    expect((await provider.uploadInputFile(await inputFile(50, 100_000), never)).kind).toBe(kind);
  });

  it('fails while a result file cannot be read, and tells a short one by its size', async () => {
    const { output_file_id: id } = await ended((await created(20)).id, 'completed');
    const open = () => provider.openFile(id ?? '', never);
    const read = async () => Array.fromAsync((await open())?.chunks ?? []);
    for (const fault of ['content_404', 'content_500', 'content_html_502', 'content_cut'] as const) {
      order(fault);
      await expect(read()).rejects.toMatchObject({ code: 'provider_unavailable' });
    }
    order('content_short');
    const short = await open();
    const bytes = Buffer.concat(await Array.fromAsync(short?.chunks ?? [])).byteLength;
    expect(bytes).toBeLessThan(short?.bytes ?? 0);
  });

  it('cancels a running batch', async () => {
    simulator.change({ hold: true });
    const batch = await created(2);
    await ended(batch.id, 'in_progress');
    expect(await provider.cancelBatch(batch.id, never)).toMatchObject({ id: batch.id });
    expect(await ended(batch.id, 'cancelled')).toMatchObject({ request_counts: { completed: 0 } });
  });
});
