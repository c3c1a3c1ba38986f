/*
 * A process among several on one database file. It opens the file, says `ready`, and on `go` runs its task once;
 * `insert-forever` reports every acknowledged insert until the process is killed.
 */
import { once } from 'node:events';
import { silentLogger } from '@batch-gpt/logging';
import { sampleBatchId, sampleGroup, sampleIdempotency, sampleKey, sampleRequest } from '@batch-gpt/testing';
import { openSqliteStores, type SqliteStores } from '../index.ts';

export type RaceTask = 'insert' | 'remember' | 'claim' | 'take-over' | 'move' | 'insert-forever';

export interface RaceMessage {
  readonly type: 'ready' | 'won' | 'acknowledged';
  readonly keys: readonly string[];
}

const [path = '', task, index = '0'] = process.argv.slice(2);
const me = Number(index);
// Each process goes through all rows and all batches, and starts elsewhere.
const batchNumbers = Array.from({ length: 50 }, (_, n) => (n + me * 13) % 50);
const numbers = Array.from({ length: 400 }, (_, n) => (n * 7 + me * 101) % 400);

/** Rejects when the parent is gone, which ends this process. */
const tell = (type: RaceMessage['type'], keys: readonly string[] = []) =>
  new Promise<void>((resolve, reject) => {
    process.send?.({ type, keys } satisfies RaceMessage, undefined, undefined, (error: Error | null) =>
      error === null ? resolve() : reject(error),
    );
  });

const tasks: Record<RaceTask, (stores: SqliteStores) => Promise<readonly string[]>> = {
  async insert({ requests }) {
    const rows = numbers.map((n) => sampleRequest(n, { body: `{"by":${me}}` }));
    const inserted: string[] = [];
    for (let n = 0; n < 400; n += 10) inserted.push(...(await requests.insert(rows.slice(n, n + 10))));
    return inserted;
  },

  async remember({ idempotency }) {
    const won: string[] = [];
    for (const n of batchNumbers) {
      const { record, isNew } = await idempotency.remember(sampleIdempotency(n, { key: sampleKey(me) }));
      if (isNew) won.push(record.id);
    }
    return won;
  },

  async claim({ requests }) {
    const batch = sampleBatchId(me);
    const chunks = Array.from({ length: 20 }, (_, n) => numbers.slice(n * 20, n * 20 + 20).map(sampleKey));
    for (const keys of chunks) await requests.claim(sampleGroup(), batch, keys, 1);
    return (await requests.members(batch, null, 1000)).map(({ key }) => key);
  },

  async 'take-over'({ batches }) {
    const taken: string[] = [];
    for (const n of batchNumbers) {
      const record = await batches.takeOver(sampleBatchId(n), 1, `owner-${me}`, 1);
      if (record !== null) taken.push(record.id);
    }
    return taken;
  },

  async move({ batches }) {
    const moved: string[] = [];
    for (const n of batchNumbers) {
      const expected = { id: sampleBatchId(n), state: 'forming', epoch: 1 } as const;
      const record = await batches.move(expected, { to: 'claimed', note: `owner-${me}`, at: 1 });
      if (record !== null) moved.push(record.id);
    }
    return moved;
  },

  // As the gateway does it: what an idempotency key stands for is stored before the row.
  async 'insert-forever'({ requests, idempotency }) {
    for (let n = 0; ; n += 8) {
      const calls = Array.from({ length: 8 }, async (_, call) => {
        const number = me * 1_000_000 + n + call;
        await idempotency.remember(sampleIdempotency(number));
        await tell('acknowledged', [...(await requests.insert([sampleRequest(number)]))]);
      });
      await Promise.all(calls);
    }
  },
};

await using stores = await openSqliteStores({ path, logger: silentLogger });
await tell('ready');
await Promise.race([once(process, 'message'), once(process, 'disconnect')]);
await tell('won', await tasks[task as RaceTask](stores));
process.disconnect();
