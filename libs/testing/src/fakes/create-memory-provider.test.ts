import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManualClock } from './create-manual-clock.ts';
import { createMemoryProvider, type MemoryProvider } from './create-memory-provider.ts';

const { signal } = new AbortController();
const content = '{"custom_id":"é"}\n{"custom_id":"b"}\n';
const endpoint = '/v1/embeddings';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memory-provider-'));
  await writeFile(join(folder, 'in.jsonl'), content);
});
afterAll(() => rm(folder, { recursive: true }));

async function upload(provider: MemoryProvider): Promise<string> {
  const file = { path: join(folder, 'in.jsonl'), filename: 'in.jsonl', bytes: Buffer.byteLength(content) };
  const answer = await provider.uploadInputFile(file, signal);
  if (answer.kind !== 'done') throw new Error(answer.kind);
  return answer.value.id;
}

describe('createMemoryProvider', () => {
  it('keeps files and runs batches of them', async () => {
    const provider = createMemoryProvider();
    const inputFileId = await upload(provider);
    const opened = await provider.openFile(inputFileId, signal);
    const chunks = opened ? await Array.fromAsync(opened.chunks) : [];
    expect(Buffer.concat(chunks).toString()).toBe(content);
    const answer = await provider.createBatch({ inputFileId, endpoint, metadata: { a: 'b' } }, signal);
    expect(answer).toMatchObject({ kind: 'done', value: { status: 'validating', metadata: { a: 'b' } } });
    const [id = ''] = provider.created.keys();
    provider.setBatch(id, { status: 'completed', output_file_id: provider.addFile('x\n') });
    expect(await provider.getBatch(id, signal)).toMatchObject({ status: 'completed', request_counts: { total: 2 } });
    expect(await provider.cancelBatch(id, signal)).toMatchObject({ status: 'completed' });
    expect(await provider.getBatch('batch_nothing', signal)).toBeNull();
  });

  it('refuses a create whose file is gone', async () => {
    const provider = createMemoryProvider();
    const inputFileId = await upload(provider);
    await provider.deleteFile(inputFileId, signal);
    expect(await provider.getFile(inputFileId, signal)).toBeNull();
    const answer = await provider.createBatch({ inputFileId, endpoint, metadata: {} }, signal);
    expect(answer).toMatchObject({ kind: 'refused', cause: { param: 'file_id' } });
  });

  it('lets a scripted create happen now, later or never behind a lost answer', async () => {
    const provider = createMemoryProvider();
    const inputFileId = await upload(provider);
    const create = () => provider.createBatch({ inputFileId, endpoint, metadata: {} }, signal);
    for (const happens of ['now', 'never', 'later'] as const) provider.script('create', { kind: 'doubtful', happens });
    expect([await create(), await create(), await create()]).toMatchObject(Array(3).fill({ kind: 'doubtful' }));
    expect(provider.created.size).toBe(1);
    expect(provider.runLateCreates()).toHaveLength(1);
    expect(provider.created.size).toBe(2);
    provider.script('create', { kind: 'doubtful', happens: 'later' });
    await create();
    await provider.deleteFile(inputFileId, signal);
    expect(provider.runLateCreates()).toEqual([]);
    expect(provider.creates).toHaveLength(4);
  });

  it('lists newest first in pages, and late when told', async () => {
    const clock = createManualClock();
    const provider = createMemoryProvider(() => clock.now());
    const inputFileId = await upload(provider);
    for (let n = 0; n < 103; n++) await provider.createBatch({ inputFileId, endpoint, metadata: {} }, signal);
    const first = await provider.listBatches(null, signal);
    expect([first.batches[0]?.id, first.batches.length, first.hasMore]).toEqual(['batch_provider_103', 100, true]);
    const second = await provider.listBatches(first.batches.at(-1)?.id ?? null, signal);
    expect([second.batches.at(-1)?.id, second.batches.length, second.hasMore]).toEqual(['batch_provider_1', 3, false]);
    provider.setListLag(5000);
    expect(await provider.listBatches(null, signal)).toEqual({ batches: [], hasMore: false });
    await clock.advance(5000);
    expect((await provider.listBatches(null, signal)).batches).toHaveLength(100);
  });

  it('throws on reading when told', async () => {
    const provider = createMemoryProvider();
    provider.setReadError('account_parked');
    await expect(provider.getBatch('batch_x', signal)).rejects.toMatchObject({ code: 'account_parked' });
    provider.setReadError(null);
    expect(await provider.getBatch('batch_x', signal)).toBeNull();
  });
});
