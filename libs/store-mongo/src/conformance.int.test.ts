import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import { canTestMongo, startTestMongo, type TestServer } from '@batch-gpt/testing';
import { storesConformance, type OpenEmptyStores } from '@batch-gpt/testing/conformance';
import { openMongoStores } from './index.ts';

// Skipped, with a warning that says why, where there is no server to test on and this is not CI.
const suite = (await canTestMongo()) ? describe : describe.skip;

suite('the stores on MongoDB', () => {
  let server: TestServer | null = null;

  beforeAll(async () => {
    server = await startTestMongo();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  // One server for all, a database of its own for each.
  const open: OpenEmptyStores = async (options) => {
    if (server === null) throw new Error('the server has not started');
    const database = `test_${randomUUID().replaceAll('-', '')}`;
    return openMongoStores({ url: server.url, database, logger: silentLogger, ...options });
  };

  storesConformance('store-mongo', open);
});
