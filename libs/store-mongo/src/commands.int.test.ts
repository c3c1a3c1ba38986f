// What really goes over the wire: every command is recorded, then the server is asked how it would run it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BatchId, RequestKey } from '@batch-gpt/contracts';
import {
  canTestMongo,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleIdempotency,
  sampleKey,
  sampleLedgerEntry,
  sampleOutcome,
  sampleOwnedId,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTenant,
  sampleTime,
  startTestMongo,
  type TestServer,
} from '@batch-gpt/testing';
import mongoose, { type Connection, type mongo } from 'mongoose';
import { createStores, type MongoStores } from './create-stores.ts';

const suite = (await canTestMongo()) ? describe : describe.skip;
const perBatch = 300;
const large = `"${'x'.repeat(5_000_000)}"`;
const largeKey = sampleKey(80_000);
const anyRequest = { state: null, model: null };

suite('the commands of store-mongo', () => {
  let server: TestServer | null = null;
  let connection: Connection;
  let stores: MongoStores;
  let sent: mongo.Document[] = [];

  beforeAll(async () => {
    server = await startTestMongo();
    if (server === null) throw new Error('the server has not started');
    // A URL that asks for less than the stores promise.
    const weak = `${server.url}${server.url.includes('?') ? '&' : '?'}w=1&journal=false&readConcernLevel=local`;
    const dbName = `test_${randomUUID().replaceAll('-', '')}`;
    connection = await mongoose.createConnection(weak, { dbName, monitorCommands: true }).asPromise();
    stores = await createStores(connection, 'none');
    await fill(stores);
    connection.getClient().on('commandStarted', ({ command }) => sent.push(command));
  });
  afterAll(async () => {
    await connection.dropDatabase();
    await stores[Symbol.asyncDispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const record = async (call: () => Promise<unknown>): Promise<mongo.Document[]> => {
    sent = [];
    await call();
    return sent;
  };

  const reads = Object.entries<(stores: MongoStores) => Promise<unknown>>({
    lookup: ({ requests }) => requests.lookup([sampleKey(1), sampleKey(2)]),
    'lookup of one tenant': ({ requests }) => requests.lookup([sampleKey(1), sampleKey(2)], undefined, sampleTenant),
    oldestAccepted: ({ requests }) => requests.oldestAccepted(sampleGroup(), 10, null),
    'oldestAccepted, a later page': async ({ requests }) => {
      const [last = null] = (await requests.oldestAccepted(sampleGroup(), 100, null)).slice(-1);
      sent = [];
      await requests.oldestAccepted(sampleGroup(), 10, last);
    },
    members: ({ requests }) => requests.members(sampleBatchId(2), sampleKey(perBatch + 5), 10),
    membersAmong: ({ requests }) => requests.membersAmong(sampleBatchId(2), [sampleKey(perBatch + 5)]),
    memberBodies: ({ requests }) => requests.memberBodies(sampleBatchId(2), null, 10, 1e6),
    groupsWithAccepted: ({ requests }) => requests.groupsWithAccepted(null, 10),
    collectedBatchIds: ({ requests }) => requests.collectedBatchIds(null, 10),
    removeExpired: ({ requests }) => requests.removeExpired(sampleTime, 10),
    'lookup of a large outcome': ({ requests }) => requests.lookup([largeKey]),
    removeUnreferencedBodies: ({ requests }) => requests.removeUnreferencedBodies(Date.now() + 3_600_000, 10),
    'batch open': ({ batches }) => batches.open(sampleBatchId(3), 10),
    'batch list': ({ batches }) => batches.list(sampleTenant, sampleBatchId(5), 10),
    'batch findForTenant': ({ batches }) => batches.findForTenant(sampleTenant, 'batch_of_the_provider'),
    'batch ended': ({ batches }) => batches.ended('settled', sampleTime + 1000, 10),
    list: ({ listing }) => listing.list(sampleTenant, anyRequest, null, 10),
    'list, a later page': ({ listing }) => listing.list(sampleTenant, anyRequest, sampleKey(200), 10),
    'removeExpired of idempotency keys': async ({ idempotency }) => {
      for (let n = 0; n < 30; n += 1) await idempotency.remember(sampleIdempotency(n, { expiresAt: sampleTime }));
      sent = [];
      await idempotency.removeExpired(sampleTime, 10);
    },
    pendingOf: ({ usage }) => usage.pendingOf(sampleTenant, 10),
    keyedLike: ({ search }) => search.keyedLike(sampleKey(16).slice(0, 62), sampleKey(17), 10),
    tenants: ({ search }) => search.tenants(null, 10),
    acceptedBefore: ({ search }) =>
      search.acceptedBefore(sampleTenant, { at: sampleTime + 300, id: sampleKey(300) }, 0, 10),
    pendingGroups: ({ overview }) => overview.pendingGroups(10, 5),
    settledBatches: ({ overview }) => overview.settledBatches({ at: sampleTime + 1000, id: sampleBatchId(15) }, 10),
    'acceptAgain, what it looks for': ({ failedLines }) =>
      failedLines.acceptAgain(sampleBatchId(1), [sampleKey(2 * perBatch)], sampleTime),
    'read of the ledger': async ({ ledger }) => {
      const days = Array.from({ length: 31 }, (_, n) => `2026-03-${String(n + 1).padStart(2, '0')}`);
      await ledger.add(days.map((day) => sampleLedgerEntry({ day })));
      sent = [];
      for (const tenant of [sampleTenant, null]) {
        await ledger.read({ tenant, fromDay: '2026-03-10', toDay: '2026-03-12' }, 10);
      }
      await ledger.removeBefore('2026-03-02', 10);
    },
    'find of an owned id': ({ ownedIds }) => ownedIds.find(sampleTenant, 'resp_1'),
    ownedAmong: ({ ownedIds }) => ownedIds.ownedAmong(sampleTenant, ['resp_1', 'resp_2']),
    foreignAmong: ({ ownedIds }) => ownedIds.foreignAmong(sampleTenant, ['resp_1', 'resp_2']),
    'removeExpired of owned ids': ({ ownedIds }) => ownedIds.removeExpired(sampleTime, 10),
  });

  // seed S22
  it.each(reads)('%s goes by an index, reads little more than it gives, of what a majority has', async (_, call) => {
    const commands = (await record(() => call(stores))).filter((command) => 'find' in command);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      expect(command).toMatchObject({ readConcern: { level: 'majority' } });
      const { winningPlan, docsExamined } = await explain(connection, command);
      expect(winningPlan).not.toContain('"COLLSCAN"');
      expect(winningPlan).not.toContain('"SORT"');
      expect(docsExamined).toBeLessThanOrEqual(20);
    }
  });

  // They pass rows over that they read.
  const scans = Object.entries<(stores: MongoStores) => Promise<unknown>>({
    'purge of a tenant': ({ cache }) => cache.purge({ tenant: sampleTenant, doneBefore: 1 }, 10),
    'purge of a model': ({ cache }) => cache.purge({ model: 'no such model' }, 10),
    'purge of keys': ({ cache }) => cache.purge({ keys: [sampleKey(404)] }, 10),
    evictOldest: ({ cache }) => cache.evictOldest(Date.UTC(2200), 10, 0),
  });

  it.each(scans)('%s reads its pages in the order of an index', async (_, call) => {
    const commands = (await record(() => call(stores))).filter((command) => 'find' in command);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const { winningPlan } = await explain(connection, command);
      expect(winningPlan).not.toContain('"COLLSCAN"');
      expect(winningPlan).not.toContain('"SORT"');
    }
  });

  const writes = Object.entries<(stores: MongoStores) => Promise<unknown>>({
    insert: ({ requests }) => requests.insert(sampleRequests(1, {}, 90_000)),
    'insert of a large body': ({ requests }) =>
      requests.insert([sampleRequest(91_000, { body: large }), sampleRequest(91_001)]),
    claim: ({ requests }) => requests.claim(sampleGroup(), sampleBatchId(3), [sampleKey(90_000)], sampleTime),
    settle: ({ requests }) => requests.settle(sampleBatchId(2), [sampleSettlement(sampleKey(perBatch))]),
    claimPrivate: ({ requests }) => requests.claimPrivate(sampleTenant, sampleKey(7), 1),
    markDelivered: ({ requests }) => requests.markDelivered([sampleKey(perBatch)]),
    keepUntil: ({ requests }) => requests.keepUntil([sampleKey(perBatch)], Number.MAX_SAFE_INTEGER),
    'batch insert': ({ batches }) => batches.insert(sampleBatch(90)),
    'batch move': ({ batches }) =>
      batches.move({ id: sampleBatchId(90), state: 'forming', epoch: 1 }, { to: 'claimed', at: sampleTime }),
    'batch beat': ({ batches }) => batches.beat([{ id: sampleBatchId(90), epoch: 1 }]),
    'batch remove': ({ batches }) => batches.remove(sampleBatchId(90), 'settled'),
    purge: ({ cache }) => cache.purge({ keys: [largeKey, sampleKey(perBatch)] }, 10),
    remember: ({ idempotency }) => idempotency.remember(sampleIdempotency(1)),
    'insert of owned ids': ({ ownedIds }) => ownedIds.insert([sampleOwnedId(1)]),
    'cancel of an owned id': ({ ownedIds }) => ownedIds.cancel(sampleTenant, 'resp_1', 1),
    'add to the ledger': ({ ledger }) => ledger.add([sampleLedgerEntry()]),
    'remove of an owned id': ({ ownedIds }) => ownedIds.remove(sampleTenant, 'resp_1'),
  });

  it.each(writes)('%s is acknowledged by the journals of a majority, whatever the URL says', async (_, call) => {
    const commands = (await record(() => call(stores))).filter((command) => !('find' in command));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) expect(command).toMatchObject({ writeConcern: { w: 'majority', j: true } });
  });

  it('sends one command for any number of small texts', async () => {
    const rows = sampleRequests(20, {}, 92_000);
    const keys = rows.map((row) => row.key);
    expect(await record(() => stores.requests.insert(rows))).toHaveLength(1);
    expect(await record(() => stores.requests.lookup(keys))).toHaveLength(1);
    await stores.requests.claim(sampleGroup(), sampleBatchId(4), keys, sampleTime);
    expect(await record(() => stores.requests.memberBodies(sampleBatchId(4), null, 20, 1e6))).toHaveLength(1);
    const settlements = keys.map((key) => sampleSettlement(key));
    expect(await record(() => stores.requests.settle(sampleBatchId(4), settlements))).toHaveLength(1);
    expect(await record(() => stores.requests.lookup(keys))).toHaveLength(1);
  });

  it('has at most five indexes besides _id on requests', async () => {
    const indexes = await connection.getClient().db(connection.name).collection('requests').indexes();
    expect(indexes.map(({ name }) => name).toSorted()).toEqual(
      ['_id_', 'ended_by_expiry', 'listing_by_key', 'members', 'open_work', 'private_rows'].toSorted(),
    );
  });
});

const parts = ['find', 'filter', 'sort', 'limit', 'projection', 'hint'];

async function explain(connection: Connection, command: mongo.Document) {
  const find = Object.fromEntries(Object.entries(command).filter(([name]) => parts.includes(name)));
  const db = connection.getClient().db(connection.name);
  const explained = await db.command({ explain: find, verbosity: 'executionStats' });
  const { queryPlanner, executionStats } = explained as unknown as {
    queryPlanner: { winningPlan: unknown };
    executionStats: { totalDocsExamined: number };
  };
  return { winningPlan: JSON.stringify(queryPlanner.winningPlan), docsExamined: executionStats.totalDocsExamined };
}

// Three batches' worth of rows: one accepted, one collected, one done and expired; and thirty batches.
async function fill({ requests, batches }: MongoStores): Promise<void> {
  const keysFrom = (from: number): RequestKey[] =>
    Array.from({ length: perBatch }, (_, index) => sampleKey(from + index));
  const collect = async (id: BatchId, from: number) => {
    await requests.claim(sampleGroup(), id, keysFrom(from), sampleTime);
  };
  await requests.insert(sampleRequests(3 * perBatch));
  await collect(sampleBatchId(2), perBatch);
  await collect(sampleBatchId(1), 2 * perBatch);
  await requests.settle(
    sampleBatchId(1),
    keysFrom(2 * perBatch).map((key) => ({ ...sampleSettlement(key), expiresAt: sampleTime })),
  );
  await requests.insert([sampleRequest(80_000)]);
  await requests.endAccepted([sampleSettlement(largeKey, sampleOutcome({ body: large }))]);
  for (let n = 0; n < 30; n += 1) {
    await batches.insert(sampleBatch(n, { state: n % 3 === 0 ? 'submitted' : 'settled' }));
  }
}
