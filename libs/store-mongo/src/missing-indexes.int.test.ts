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
  it.each(['requests', 'batches'])('creates the indexes that the collection %s came to be without', async (name) => {
    const collection = connection.getClient().db(database).collection(name);
    await collection.drop().catch(() => false);
    await connection.getClient().db(database).createCollection(name);
    expect(await collection.indexes()).toHaveLength(1);
    await using stores = await openMongoStores({ url: server?.url ?? '', database, logger: silentLogger });
    await stores.ping();
    expect((await collection.indexes()).length).toBeGreaterThan(3);
  });
});
