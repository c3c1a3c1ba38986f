import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import {
  canTestMongo,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
  sampleTime,
  startTestMongo,
  type TestServer,
} from '@batch-gpt/testing';
import { openMongoStores, type MongoStores } from './index.ts';

const suite = (await canTestMongo()) ? describe : describe.skip;

suite('texts near the size of a document', () => {
  let server: TestServer | null = null;

  beforeAll(async () => {
    server = await startTestMongo();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  const key = sampleKey(1);
  const batch = sampleBatchId(1);
  const open = async (keepRequestBodies = false): Promise<MongoStores> => {
    if (server === null) throw new Error('the server has not started');
    const database = `test_${randomUUID().replaceAll('-', '')}`;
    return openMongoStores({ url: server.url, database, logger: silentLogger, keepRequestBodies });
  };
  const textOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
  const insertCollected = async ({ requests }: MongoStores, body: string) => {
    await requests.insert([sampleRequest(1, { body })]);
    expect(await requests.claim(sampleGroup(), batch, [key], sampleTime)).toBe(1);
  };
  const settle = ({ requests }: MongoStores, body: string) =>
    requests.settle(batch, [sampleSettlement(key, sampleOutcome({ body }))]);

  it('holds the largest body, then the largest outcome', async () => {
    await using stores = await open();
    const { requests, maxTextBytes } = stores;
    const text = textOf(maxTextBytes);
    await insertCollected(stores, text);
    const [stored] = await requests.memberBodies(batch, null, 1, 1);
    expect(stored?.body === text).toBe(true);
    expect((await settle(stores, text)).size).toBe(1);
    expect((await requests.lookup([key])).get(key)?.outcome?.body === text).toBe(true);
  });

  it('refuses more than that by name and writes nothing of the call', async () => {
    await using stores = await open();
    const { requests, maxTextBytes } = stores;
    const text = textOf(maxTextBytes + 1);
    const refusal = { code: 'body_too_large', details: { keys: [key], limitBytes: maxTextBytes } };
    await expect(requests.insert([sampleRequest(1, { body: text }), sampleRequest(2)])).rejects.toMatchObject(refusal);
    expect((await requests.lookup([key, sampleKey(2)])).size).toBe(0);

    await insertCollected(stores, '{}');
    await expect(settle(stores, text)).rejects.toMatchObject(refusal);
    expect((await requests.lookup([key])).get(key)?.state).toBe('collected');
  });

  it('gives a kept body up where it and the outcome do not fit together', async () => {
    await using stores = await open(true);
    await insertCollected(stores, textOf(stores.maxTextBytes - 1_000));
    expect((await settle(stores, textOf(5_000))).size).toBe(1);
    expect((await stores.requests.lookup([key])).get(key)?.state).toBe('done');
  });

  it('gives an old outcome up where it and the new body do not fit together', async () => {
    await using stores = await open();
    const { requests, maxTextBytes } = stores;
    await insertCollected(stores, '{}');
    await settle(stores, textOf(maxTextBytes - 1_000));
    const row = sampleRequest(1, { body: textOf(5_000) });
    const doneAt = sampleOutcome().at;
    expect((await requests.acceptAnew([{ row, doneAt }])).size).toBe(1);
    expect((await requests.lookup([key])).get(key)).toMatchObject({ state: 'accepted', outcome: null });
  });
});
