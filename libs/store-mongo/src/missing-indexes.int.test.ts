import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import { canTestMongo, startTestMongo, type TestServer } from '@batch-gpt/testing';
import mongoose, { type Connection } from 'mongoose';
import { openMongoStores } from './index.ts';

const suite = (await canTestMongo()) ? describe : describe.skip;

suite('opening store-mongo', () => {
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  let server: TestServer | null = null;
  let connection: Connection;
  beforeAll(async () => {
    server = await startTestMongo();
    if (server === null) throw new Error('the server has not started');
    connection = await mongoose.createConnection(server.url, { dbName: database }).asPromise();
  });
  afterAll(async () => {
    await connection.dropDatabase();
    await connection.close();
    await server?.[Symbol.asyncDispose]();
  });

  // seed S23: who creates indexes only together with the collection never repairs a start that was interrupted
  it.each([
    ['requests', 6],
    ['batches', 6],
    ['idempotency', 2],
    ['owned_ids', 2],
    ['ledger', 3],
  ])('creates the indexes that the collection %s came to be without', async (name, count) => {
    const collection = connection.getClient().db(database).collection(name);
    await collection.drop().catch(() => false);
    await connection.getClient().db(database).createCollection(name);
    expect(await collection.indexes()).toHaveLength(1);
    await using stores = await openMongoStores({ url: server?.url ?? '', database, logger: silentLogger });
    await stores.ping();
    expect(await collection.indexes()).toHaveLength(count);
  });

  it('drops the indexes of earlier versions, however many open at once', async () => {
    const requests = connection.getClient().db(database).collection('requests');
    await requests.createIndexes([
      { key: { expiresAt: 1 }, name: 'expiry', partialFilterExpression: { state: 'done' } },
      { key: { tenant: 1, acceptedAt: 1 }, name: 'listing' },
    ]);
    const options = { url: server?.url ?? '', database, logger: silentLogger };
    const all = await Promise.all([1, 2, 3].map(() => openMongoStores(options)));
    await Promise.all(all.map((stores) => stores[Symbol.asyncDispose]()));
    const names = (await requests.indexes()).map(({ name }) => name);
    expect(names).toContain('listing_by_key');
    expect(names.filter((name) => name === 'listing' || name === 'expiry')).toEqual([]);
  });
});
