import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { silentLogger } from '@batch-gpt/logging';
import {
  canTestMongo,
  eventually,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleIdempotency,
  sampleKey,
  sampleLedgerEntry,
  sampleOwnedId,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTenant,
  sampleTime,
  startTestMongo,
  type TestServer,
} from '@batch-gpt/testing';
import type { RequestKey } from '@batch-gpt/contracts';
import type { IdempotencyRecord } from '@batch-gpt/domain';
import { openMongoStores, type MongoStores } from './index.ts';

// A server that MONGODB_URL gives is not ours to kill.
const given = (process.env['MONGODB_URL'] ?? '') !== '';
const suite = !given && (await canTestMongo()) ? describe : describe.skip;

suite('store-mongo while its server fails', () => {
  let server: TestServer;
  let stores: MongoStores;

  const open = (url = server.url) =>
    openMongoStores({ url, database: `test_${randomUUID().replaceAll('-', '')}`, logger: silentLogger });

  beforeAll(async () => {
    const started = await startTestMongo();
    if (started === null) throw new Error('the server has not started');
    server = started;
    stores = await open();
  });
  afterAll(async () => {
    await stores[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  const isBack = () => eventually(() => stores.ping().then(() => true));

  // field 14
  it('has every acknowledged write after a kill in the middle of writing', async () => {
    const { requests, batches, idempotency } = stores;
    const acknowledged: RequestKey[] = [];
    const remembered: IdempotencyRecord[] = [];
    const write = async (): Promise<never> => {
      for (let from = 0; ; from += 20) {
        const rows = sampleRequests(20, {}, from);
        const record = sampleIdempotency(from);
        remembered.push((await idempotency.remember(record)).record);
        for (const key of await requests.insert(rows)) acknowledged.push(key);
      }
    };
    await batches.insert(sampleBatch(1));
    const writing = write().catch((error: unknown) => error);
    await eventually(() => acknowledged.length >= 200);
    const claimed = acknowledged.slice(0, 50);
    expect(await requests.claim(sampleGroup(), sampleBatchId(1), claimed, sampleTime)).toBe(50);
    await requests.settle(
      sampleBatchId(1),
      claimed.slice(0, 10).map((key) => sampleSettlement(key)),
    );

    await server.kill();
    expect(await writing).toMatchObject({ code: 'store_unavailable' });
    await server.restart();
    await isBack();

    const { rows: found } = await requests.lookup(acknowledged);
    expect(acknowledged.filter((key) => !found.has(key))).toEqual([]);
    for (const record of remembered) {
      expect(await idempotency.remember({ ...record, key: sampleKey(1) })).toEqual({ record, isNew: false });
    }
    const states = claimed.map((key) => found.get(key)?.state);
    expect(states).toEqual([...Array<string>(10).fill('done'), ...Array<string>(40).fill('collected')]);
    expect(await batches.get(sampleBatchId(1))).toEqual(sampleBatch(1));
  });

  it('fails every call while the server is away, and works again with it', async () => {
    await server.kill();
    // The first call learns that the server is gone; the next ones know.
    await unavailable(stores.ping());
    await Promise.all([...everyCall(stores), open()].map((call) => unavailable(call, soon)));
    await server.restart();
    await isBack();
    expect((await stores.requests.lookup([sampleKey(1)])).rows.size).toBe(1);
  });

  it('never takes a frozen server for an empty one', async () => {
    const { requests } = stores;
    const late = sampleRequest(900_001);
    await server.pause();
    try {
      await Promise.all([
        unavailable(requests.lookup([sampleKey(1)])),
        unavailable(requests.insert([late])),
        ...everyCall(stores).map((call) => unavailable(call)),
      ]);
    } finally {
      server.resume();
    }
    await isBack();
    expect((await requests.lookup([sampleKey(1)])).rows.size).toBe(1);
    // Whether the lost call inserted the row or this one does: it is there once.
    await requests.insert([late]);
    expect([...(await requests.lookup([late.key])).rows.keys()]).toEqual([late.key]);
  });

  it('is opened although the server answers only a moment later', async () => {
    await server.kill();
    const opening = open();
    await server.restart();
    await using other = await opening;
    await other.ping();
  });

  it('ends its open calls when it is disposed of', async () => {
    const other = await open();
    await other[Symbol.asyncDispose]();
    await unavailable(other.requests.lookup([sampleKey(1)]));
    await unavailable(other.batches.get(sampleBatchId(1)));
  });

  it('takes a percent-encoded password as it is and never repeats it', async () => {
    const withPassword = server.url.replace('://', '://us%40er:p%2Fss%3Aw%C3%B6rd@');
    const refused = await open(withPassword).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'store_unavailable' });
    expect(JSON.stringify(refused, Object.getOwnPropertyNames(refused))).not.toMatch(/p%2Fss|p\/ss/);
  });
});

function everyCall({
  requests,
  batches,
  listing,
  cache,
  idempotency,
  ownedIds,
  usage,
  ledger,
  ping,
}: MongoStores): Promise<unknown>[] {
  const batch = sampleBatchId(1);
  const key = sampleKey(1);
  return [
    ping(),
    requests.lookup([key]),
    requests.insert([sampleRequest(900_000)]),
    requests.oldestAccepted(sampleGroup(), 10, null),
    requests.claim(sampleGroup(), batch, [key], sampleTime),
    requests.members(batch, null, 10),
    requests.memberBodies(batch, null, 10, 1000),
    requests.memberSizes(batch),
    requests.groupsWithAccepted(null, 10),
    requests.collectedBatchIds(null, 10),
    requests.settle(sampleBatchId(2), [sampleSettlement(key)]),
    requests.removeExpired(0, 10),
    batches.get(batch),
    batches.open(null, 10),
    batches.beat([{ id: batch, epoch: 1 }]),
    batches.move({ id: batch, state: 'forming', epoch: 99 }, { to: 'void', at: sampleTime }),
    batches.ended('void', sampleTime, 10),
    batches.remove(batch, 'void'),
    listing.list(sampleTenant, { state: null, model: null }, null, 10),
    cache.purge({ tenant: sampleTenant, doneBefore: 0 }, 10),
    cache.evictOldest(0, 10, 0),
    cache.storedBytes(),
    idempotency.remember(sampleIdempotency(900_000)),
    idempotency.removeExpired(0, 10),
    usage.pendingOf(sampleTenant, 10),
    usage.spendOf(sampleTenant, '2026-01-01'),
    usage.settledOf(sampleTenant, '2026-01-01', '2026-01-02'),
    ledger.add([sampleLedgerEntry()]),
    ledger.read({ tenant: null, fromDay: '2026-01-01', toDay: '2026-01-02' }, 10),
    ledger.removeBefore('2020-01-01', 10),
    ownedIds.insert([sampleOwnedId(900_000)]),
    ownedIds.find(sampleTenant, 'resp_1'),
    ownedIds.ownedAmong(sampleTenant, ['resp_1']),
    ownedIds.foreignAmong(sampleTenant, ['resp_1']),
    ownedIds.cancel(sampleTenant, 'resp_1', sampleTime),
    ownedIds.remove(sampleTenant, 'resp_1'),
    ownedIds.removeExpired(0, 10),
  ];
}

// Generous: what is asserted is that the call ends by itself, with the right error, and gives no value.
const patience = 30_000;
// Far below what the driver waits for by default, far above what the stores wait.
const soon = 10_000;

async function unavailable(call: Promise<unknown>, within = patience): Promise<void> {
  const clock = new AbortController();
  const ended = call.then(
    (value: unknown) => ({ gave: value }),
    (error: unknown) => (AppError.is(error) ? error.code : error),
  );
  const outcome = await Promise.race([ended, delay(within, 'still waiting', { signal: clock.signal })]);
  clock.abort();
  expect(outcome).toBe('store_unavailable');
}
