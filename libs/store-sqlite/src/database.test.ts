import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { silentLogger, type LogFields } from '@batch-gpt/logging';
import { eventually, sampleBatch, sampleKey, sampleRequest, sampleRequests } from '@batch-gpt/testing';
import { openDatabase } from './database.ts';
import { createTestFolder } from './testing/test-folder.ts';

const unavailable = { code: 'store_unavailable' };
const options = { logger: silentLogger, keepRequestBodies: 'none', busyTimeout: 5_000 } as const;

describe('openDatabase', () => {
  it('lets a call fail alone in a transaction that it shares', async () => {
    await using folder = await createTestFolder();
    await using database = await openDatabase({ ...options, path: folder.file });
    await database.write('insertBatch', sampleBatch(1));
    const results = await Promise.allSettled([
      database.write('insert', [sampleRequest(1)]),
      database.write('insertBatch', sampleBatch(1)),
      database.write('insert', [sampleRequest(2)]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await database.read('lookup', [1, 2].map(sampleKey))).records).toHaveLength(2);
  });

  it('rejects calls beyond its bound and goes on', async () => {
    await using folder = await createTestFolder();
    await using database = await openDatabase({ ...options, path: folder.file, maxCalls: 3 });
    const calls = await Promise.allSettled([1, 2, 3, 4].map(() => database.read('ping')));
    expect(calls.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(calls[3]).toMatchObject({ reason: unavailable });
    await database.read('ping');
  });

  it('answers more calls at once than one post carries', async () => {
    await using folder = await createTestFolder();
    await using database = await openDatabase({ ...options, path: folder.file });
    const inserted = await Promise.all(sampleRequests(1200).map((row) => database.write('insert', [row])));
    expect(inserted.flat()).toHaveLength(1200);
  });

  it('answers open calls before it closes, and none afterwards', async () => {
    await using folder = await createTestFolder();
    await using database = await openDatabase({ ...options, path: folder.file });
    const insert = database.write('insert', [sampleRequest(1)]);
    await Promise.all([database[Symbol.asyncDispose](), database[Symbol.asyncDispose]()]);
    expect(await insert).toEqual([sampleKey(1)]);
    await expect(database.read('ping')).rejects.toMatchObject(unavailable);
  });

  it('rejects what is open when the worker dies, and starts another', async () => {
    await using folder = await createTestFolder();
    const program = new URL('./testing/dying-worker.ts', import.meta.url);
    const lines: [string, LogFields | undefined][] = [];
    const logger = { ...silentLogger, warn: (msg: string, fields?: LogFields) => void lines.push([msg, fields]) };
    await using database = await openDatabase({ ...options, path: folder.file, logger, program, firstPause: 1 });
    await database.write('insert', [sampleRequest(1)]);
    const died = await Promise.allSettled([
      database.write('markDelivered', [sampleKey(1)]),
      database.write('insert', [sampleRequest(2)]),
    ]);
    expect(died).toMatchObject(Array(2).fill({ status: 'rejected', reason: unavailable }));
    await expect(database.read('ping')).rejects.toMatchObject(unavailable);
    const found = await eventually(async () => (await database.read('lookup', [sampleKey(1)])).records);
    expect(found).toMatchObject([{ key: sampleKey(1), state: 'accepted' }]);
    expect(lines).toMatchObject([
      ['store worker is gone, starting another', { err: { cause: { message: 'the worker dies' } } }],
    ]);
  });

  it('can be closed while its worker is dead', async () => {
    await using folder = await createTestFolder();
    const program = new URL('./testing/dying-worker.ts', import.meta.url);
    await using database = await openDatabase({ ...options, path: folder.file, program, firstPause: 60_000 });
    await expect(database.write('markDelivered', [])).rejects.toMatchObject(unavailable);
    await database[Symbol.asyncDispose]();
    await expect(database.read('ping')).rejects.toMatchObject(unavailable);
  });

  it('gives up a change when another process holds the file too long, and still reads', async () => {
    await using folder = await createTestFolder();
    await using database = await openDatabase({ ...options, path: folder.file, busyTimeout: 30 });
    await database.write('insert', [sampleRequest(1)]);
    const other = new DatabaseSync(folder.file);
    other.exec('BEGIN IMMEDIATE');
    await expect(database.write('insert', [sampleRequest(2)])).rejects.toMatchObject(unavailable);
    expect((await database.read('lookup', [1, 2].map(sampleKey))).records).toHaveLength(1);
    other.exec('ROLLBACK');
    other.close();
    expect(await database.write('insert', [sampleRequest(2)])).toEqual([sampleKey(2)]);
  });
});
