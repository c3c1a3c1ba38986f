import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLedger, type LedgerEntry } from '../ledger.ts';
import { journalName, openJournal } from './journal.ts';
import { keepLedger } from './keep-ledger.ts';
import { nothingRestored, restore, type Restored, snapshotOf } from './restore.ts';

const nowMs = 1_800_000_000_000;
const limits = { ledgerLimit: 10_000, keepBatches: 10, keepFiles: 2, nowMs };
const fileId = (letter: string): string => `file-${letter.repeat(22)}`;
const fail = (error: unknown): never => {
  throw error;
};
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'journal-'));
});
afterEach(() => rm(dir, { recursive: true }));

const open = (restored: Restored): ReturnType<typeof openJournal> =>
  openJournal(dir, { snapshot: snapshotOf(restored), onError: fail });
const storedFile = (id: string, expiresAtMs: number | null = null) => ({
  t: 'file' as const,
  file: { id, bytes: 1, filename: 'a.jsonl', purpose: 'batch', createdAtMs: nowMs, expiresAtMs, visibleAtMs: 0 },
});
const entry = (customId: string, at: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ customId, model: 'm', endpoint: '/v1/responses', batchId: 'batch_1', status: 200, billed: true },
  usage: { input: 3, cached: 0, output: 2, reasoning: 0 },
  ...at,
});

describe('a ledger', () => {
  test('is the same after it was dumped and loaded, beyond its limit too', () => {
    const ledger = createLedger(2500);
    for (let index = 0; index < 2600; index += 1) {
      ledger.record(entry(`id-${index % 2400}`, { batchId: `batch_${Math.floor(index / 700)}` }));
    }
    ledger.record(entry('refused', { status: 0, billed: false }));
    ledger.recordDeliveries(['id-1', 'id-1', 'never-ran']);
    ledger.count('sync_calls', 3);
    const loaded = createLedger(2500);
    for (const part of ledger.dump()) loaded.load(JSON.parse(JSON.stringify(part)) as typeof part);
    expect(loaded.page(0, 5000)).toEqual(ledger.page(0, 5000));
    expect(loaded.keys(0, 5000)).toEqual(ledger.keys(0, 5000));
    ledger.record(entry('id-1'));
    loaded.record(entry('id-1'));
    expect(loaded.totals()).toEqual(ledger.totals());
  });

  test('counts, deliveries and resets come back in their order', async () => {
    const journal = open(nothingRestored(10));
    const ledger = keepLedger(createLedger(limits.ledgerLimit), journal);
    ledger.count('files', 5);
    ledger.reset();
    ledger.count('created');
    ledger.recordDeliveries(['a', 'b', 'a']);
    ledger.recordDeliveries(Array.from({ length: 2500 }, (_, index) => `id-${index}`));
    // A download of which only a part was written counts for nothing.
    journal.append({ t: 'delivered', ids: ['a'], last: false });
    journal.close();
    const restored = await restore(dir, limits);
    expect(restored.unreadable).toBe(0);
    expect(restored.ledger.totals()).toEqual(ledger.totals());
    expect(ledger.totals()).toMatchObject({
      files: 0,
      created: 1,
      delivered_rows: 2503,
      delivered_twice_custom_ids: 1,
    });
  });
});

describe('a journal', () => {
  test('that ends in the middle of a record is read up to there, and whole again after the start', async () => {
    const journal = open(nothingRestored(10));
    journal.append({ t: 'count', name: 'files', by: 1 });
    journal.append({ t: 'count', name: 'files', by: 10 });
    journal.close();
    const path = join(dir, journalName);
    await truncate(path, (await stat(path)).size - 4);
    const restored = await restore(dir, limits);
    expect([restored.unreadable, restored.ledger.totals().files]).toEqual([1, 1]);
    open(restored).close();
    expect((await restore(dir, limits)).unreadable).toBe(0);
  });

  test('with something else in it is read around it', async () => {
    await appendFile(
      join(dir, journalName),
      'what\n\n{"t":"later"}\n{"t":"count","name":"files","by":2}\n{"t":"file","file":{"id":"../x"}}\n',
    );
    const restored = await restore(dir, limits);
    expect([restored.unreadable, restored.ledger.totals().files, restored.files]).toEqual([3, 2, []]);
  });

  test('is compacted by a start', async () => {
    const journal = open(nothingRestored(10));
    for (let index = 0; index < 500; index += 1) journal.append({ t: 'count', name: 'sync_calls', by: 1 });
    journal.close();
    open(await restore(dir, limits)).close();
    const text = await readFile(join(dir, journalName), 'utf8');
    expect(text.split('\n').length).toBeLessThan(5);
    expect((await restore(dir, limits)).ledger.totals().sync_calls).toBe(500);
    expect(await readdir(dir)).toEqual([journalName]);
  });

  test('takes nothing after it was closed', async () => {
    const journal = open(nothingRestored(10));
    journal.close();
    journal.append({ t: 'count', name: 'files', by: 1 });
    journal.close();
    expect((await restore(dir, limits)).ledger.totals().files).toBe(0);
  });
});

test('of the files those are known and there that were added, not removed, not expired, and within the limit', async () => {
  const journal = open(nothingRestored(10));
  for (const letter of ['a', 'b', 'c', 'd', 'e']) journal.append(storedFile(fileId(letter)));
  journal.append(storedFile(fileId('f'), nowMs));
  journal.append({ t: 'file-gone', id: fileId('e') });
  journal.close();
  // `b` has a record and no bytes, `z` bytes and no record.
  for (const letter of ['a', 'c', 'd', 'e', 'f', 'z']) await writeFile(join(dir, fileId(letter)), 'x');
  await writeFile(join(dir, 'file-notes.txt'), 'not ours');
  const { files } = await restore(dir, limits);
  expect(files.map(({ id, path }) => [id, path])).toEqual([
    [fileId('c'), join(dir, fileId('c'))],
    [fileId('d'), join(dir, fileId('d'))],
  ]);
  expect((await readdir(dir)).toSorted()).toEqual([fileId('c'), fileId('d'), journalName, 'file-notes.txt'].toSorted());
});
