import { describe, expect, it } from '@jest/globals';
import { requestKey } from '@batch-gpt/contracts';
import { silentLogger } from '@batch-gpt/logging';
import {
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleIdempotency,
  sampleKey,
  sampleRequest,
  sampleRequests,
} from '@batch-gpt/testing';
import { openSqliteStores, type SqliteStores } from './index.ts';
import { startRaceProcess } from './testing/race-process.ts';
import type { RaceTask } from './testing/race-program.ts';
import { createTestFolder } from './testing/test-folder.ts';

const range = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Lets four processes run a task on one file at the same time; gives what each won. */
async function race(file: string, task: RaceTask): Promise<(readonly string[])[]> {
  await using stack = new AsyncDisposableStack();
  const children = range(4).map((index) => stack.use(startRaceProcess(file, task, index)));
  await Promise.all(children.map((child) => child.ready));
  return await Promise.all(children.map((child) => child.go()));
}

async function withStores<T>(path: string, use: (stores: SqliteStores) => Promise<T>): Promise<T> {
  await using stores = await openSqliteStores({ path, logger: silentLogger });
  return await use(stores);
}

describe('four processes on one file', () => {
  it('insert the same rows: every key has exactly one winner, and its body', async () => {
    await using folder = await createTestFolder();
    const won = await race(folder.file, 'insert');
    expect(won.flat().toSorted()).toEqual(range(400).map(sampleKey));
    await withStores(folder.file, async ({ requests }) => {
      await requests.claim(sampleGroup(), sampleBatchId(1), range(400).map(sampleKey), 1);
      const bodies = await requests.memberBodies(sampleBatchId(1), null, 1000, Infinity);
      for (const { key, body } of bodies) {
        expect(body).toBe(`{"by":${won.findIndex((keys) => keys.includes(key))}}`);
      }
      expect(bodies).toHaveLength(400);
    });
  });

  it('remember the same idempotency keys: each has exactly one winner, and stands for what that one said', async () => {
    await using folder = await createTestFolder();
    const won = await race(folder.file, 'remember');
    expect(won.flat().toSorted()).toEqual(range(50).map((n) => sampleIdempotency(n).id));
    await withStores(folder.file, async ({ idempotency }) => {
      for (const n of range(50)) {
        const { record, isNew } = await idempotency.remember(sampleIdempotency(n, { key: sampleKey(77) }));
        expect({ isNew, key: record.key }).toEqual({
          isNew: false,
          key: sampleKey(won.findIndex((ids) => ids.includes(record.id))),
        });
      }
    });
  });

  it('claim the same rows: every row is in exactly one batch', async () => {
    await using folder = await createTestFolder();
    await withStores(folder.file, ({ requests }) => requests.insert(sampleRequests(400)));
    const won = await race(folder.file, 'claim');
    expect(won.flat().toSorted()).toEqual(range(400).map(sampleKey));
  });

  it.each(['take-over', 'move'] as const)('%s the same batches: each has exactly one winner', async (task) => {
    await using folder = await createTestFolder();
    await withStores(folder.file, async ({ batches }) => {
      for (const n of range(50)) await batches.insert(sampleBatch(n, { owner: null }));
    });
    const won = await race(folder.file, task);
    expect(won.flat().toSorted()).toEqual(range(50).map(sampleBatchId));
    await withStores(folder.file, async ({ batches }) => {
      const records = await batches.open(null, 100);
      expect(records.map(({ id, owner, history }) => [id, owner ?? history.at(-1)?.note])).toEqual(
        range(50).map((n) => [sampleBatchId(n), `owner-${won.findIndex((ids) => ids.includes(sampleBatchId(n)))}`]),
      );
    });
  });
});

describe('a process that is killed while it inserts', () => {
  it('leaves every row that was acknowledged, whole, with its idempotency key, and a file that works', async () => {
    await using folder = await createTestFolder();
    const acknowledged: string[] = [];
    for (const round of [0, 1, 2]) {
      await using child = startRaceProcess(folder.file, 'insert-forever', round);
      await child.ready;
      acknowledged.push(...(await child.killAfter(150 + 40 * round)));
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(150 + 190 + 230);
    await withStores(folder.file, async ({ requests, idempotency }) => {
      const keys = acknowledged.map((key) => requestKey.parse(key));
      for (const key of keys) {
        expect(await idempotency.remember(sampleIdempotency(Number(`0x${key}`)))).toMatchObject({ isNew: false });
      }
      expect((await requests.lookup(keys)).rows.size).toBe(keys.length);
      const candidates = await requests.oldestAccepted(sampleGroup(), 10_000, null);
      await requests.claim(
        sampleGroup(),
        sampleBatchId(1),
        candidates.slice(0, 1000).map(({ key }) => key),
        1,
      );
      const bodies = await requests.memberBodies(sampleBatchId(1), null, 10_000, Number.MAX_SAFE_INTEGER);
      for (const { key, body } of bodies) expect(body).toBe(sampleRequest(Number(`0x${key}`)).body);
      expect(bodies).toHaveLength(Math.min(candidates.length, 1000));
    });
  });
});
