import type { KeepBodies } from '@batch-gpt/domain';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import {
  canTestMongo,
  eventually,
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
import { mongo } from 'mongoose';
import { openMongoStores, type MongoStores } from './index.ts';
import { fileCollections } from './text-files.ts';
import { maxTextBytesInRow } from './text-limit.ts';

const suite = (await canTestMongo()) ? describe : describe.skip;

const hour = 3_600_000;
const key = sampleKey(1);
const batch = sampleBatchId(1);
// Plain characters: one byte each.
const textOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
const large = textOf(maxTextBytesInRow + 1);

suite('texts kept apart from their rows', () => {
  let server: TestServer | null = null;
  let client: mongo.MongoClient;
  let database: string;

  beforeAll(async () => {
    server = await startTestMongo();
    if (server === null) throw new Error('the server has not started');
    client = await mongo.MongoClient.connect(server.url);
  });
  beforeEach(() => {
    database = `test_${randomUUID().replaceAll('-', '')}`;
  });
  afterEach(async () => {
    await client.db(database).dropDatabase();
  });
  afterAll(async () => {
    await client.close();
    await server?.[Symbol.asyncDispose]();
  });

  const open = async (keepRequestBodies: KeepBodies = 'none'): Promise<MongoStores> => {
    if (server === null) throw new Error('the server has not started');
    return openMongoStores({ url: server.url, database, logger: silentLogger, keepRequestBodies });
  };
  const collections = () => fileCollections(client.db(database));
  const countOf = async () => {
    const { files, chunks } = collections();
    return { files: await files.countDocuments(), chunks: await chunks.countDocuments() };
  };
  const claim = async ({ requests }: MongoStores, of = batch) => {
    expect(await requests.claim(sampleGroup(), of, [key], sampleTime)).toBe(1);
  };
  const insertCollected = async (stores: MongoStores, body: string) => {
    await stores.requests.insert([sampleRequest(1, { body })]);
    await claim(stores);
  };
  const settle = ({ requests }: MongoStores, body: string) =>
    requests.settle(batch, [sampleSettlement(key, sampleOutcome({ body }))]);
  const bodyOf = async ({ requests }: MongoStores, of = batch) =>
    (await requests.memberBodies(of, null, 1, 1)).at(0)?.body;
  const outcomeOf = async ({ requests }: MongoStores) => (await requests.lookup([key])).rows.get(key)?.outcome?.body;
  // As a sweep that comes when all that was written here is old.
  const sweepLater = ({ requests }: MongoStores, limit = 100) =>
    requests.removeUnreferencedBodies(Date.now() + 2 * hour, limit);

  it('holds the largest body, then the largest outcome', async () => {
    await using stores = await open();
    const text = textOf(stores.maxTextBytes);
    await insertCollected(stores, text);
    expect((await bodyOf(stores)) === text).toBe(true);
    expect((await settle(stores, text)).size).toBe(1);
    expect((await outcomeOf(stores)) === text).toBe(true);
  });

  it('refuses more than that by name and writes nothing of the call', async () => {
    await using stores = await open();
    const { requests, maxTextBytes } = stores;
    const text = textOf(maxTextBytes + 1);
    const refusal = { code: 'body_too_large', details: { keys: [key], limitBytes: maxTextBytes } };
    const rows = [sampleRequest(1, { body: text }), sampleRequest(2, { body: large })];
    await expect(requests.insert(rows)).rejects.toMatchObject(refusal);
    expect((await requests.lookup([key, sampleKey(2)])).rows.size).toBe(0);

    await insertCollected(stores, '{}');
    await expect(settle(stores, text)).rejects.toMatchObject(refusal);
    expect((await requests.lookup([key])).rows.get(key)?.state).toBe('collected');
    expect(await countOf()).toEqual({ files: 0, chunks: 0 });
  });

  it('keeps a body and an outcome in their row as long as they are not too large for it', async () => {
    await using stores = await open('all');
    const text = textOf(maxTextBytesInRow);
    await insertCollected(stores, text);
    expect((await settle(stores, text)).size).toBe(1);
    expect((await outcomeOf(stores)) === text).toBe(true);
    expect(await countOf()).toEqual({ files: 0, chunks: 0 });
  });

  it('replaces a body that was kept after its end, wherever the new one goes', async () => {
    await using stores = await open('all');
    const bodies = [large, '{"small":1}', large];
    for (const [turn, body] of bodies.entries()) {
      const row = sampleRequest(1, { body });
      const doneAt = sampleTime + turn - 1;
      if (turn === 0) await stores.requests.insert([row]);
      else expect((await stores.requests.acceptAnew([{ row, doneAt }])).size).toBe(1);
      await claim(stores, sampleBatchId(turn));
      expect((await bodyOf(stores, sampleBatchId(turn))) === body).toBe(true);
      const settlement = sampleSettlement(key, sampleOutcome({ at: sampleTime + turn }));
      await stores.requests.settle(sampleBatchId(turn), [settlement]);
    }
    expect(await sweepLater(stores)).toBe(1);
    expect(await countOf()).toMatchObject({ files: 1 });
  });

  describe('the sweep', () => {
    it('removes what no row refers to once it is old, as many as it is told', async () => {
      await using stores = await open();
      await insertCollected(stores, large);
      // Losers' texts: of an insert and of two settlements by a batch that does not hold the row.
      await stores.requests.insert([sampleRequest(1, { body: large })]);
      for (const n of [2, 3]) {
        const settlement = sampleSettlement(key, sampleOutcome({ body: large }));
        expect((await stores.requests.settle(sampleBatchId(n), [settlement])).size).toBe(0);
      }
      expect(await countOf()).toMatchObject({ files: 4 });
      expect(await stores.requests.removeUnreferencedBodies(Date.now() - hour, 100)).toBe(0);
      expect(await sweepLater(stores, 0)).toBe(0);
      expect(await sweepLater(stores, 2)).toBe(2);
      expect(await sweepLater(stores, 2)).toBe(1);
      expect(await sweepLater(stores, 2)).toBe(0);
      expect((await bodyOf(stores)) === large).toBe(true);
    });

    it('removes the texts of moves and of removed rows, one by one', async () => {
      await using stores = await open();
      await insertCollected(stores, large);
      expect(await sweepLater(stores)).toBe(0);
      await settle(stores, large);
      expect(await sweepLater(stores)).toBe(1);
      const row = sampleRequest(1, { body: large });
      await stores.requests.acceptAnew([{ row, doneAt: sampleOutcome().at }]);
      expect(await sweepLater(stores)).toBe(0);
      // A late result: both the waiting body and the old outcome go.
      await stores.requests.settleLate(batch, [sampleSettlement(key)]);
      expect(await sweepLater(stores)).toBe(2);
      await stores.requests.acceptAnew([{ row, doneAt: sampleOutcome().at }]);
      await stores.requests.endAccepted([sampleSettlement(key, sampleOutcome({ body: large }))]);
      expect(await sweepLater(stores)).toBe(1);
      expect(await stores.requests.removeExpired(Date.UTC(2100, 0, 1), 10)).toBe(1);
      expect(await sweepLater(stores)).toBe(1);
      expect(await countOf()).toEqual({ files: 0, chunks: 0 });
    });

    it('has nothing left to do where rows were purged and evicted: their texts went with them', async () => {
      await using stores = await open('all');
      for (const n of [1, 2, 3]) await stores.requests.insert([sampleRequest(n, { body: large })]);
      const outcome = sampleOutcome({ body: large });
      await stores.requests.endAccepted([1, 2].map((n) => sampleSettlement(sampleKey(n), outcome)));
      expect(await countOf()).toMatchObject({ files: 5 });
      expect(await stores.cache.purge({ keys: [1, 3].map(sampleKey) }, 10)).toEqual([key]);
      expect(await countOf()).toMatchObject({ files: 3 });
      expect(await stores.cache.evictOldest(Date.UTC(2100, 0, 1), 10, 0)).toEqual([sampleKey(2)]);
      expect(await countOf()).toMatchObject({ files: 1 });
      expect(await sweepLater(stores)).toBe(0);
      expect(await stores.requests.oldestAccepted(sampleGroup(), 10, null)).toHaveLength(1);
    });

    it('removes a text whose writer died before its row', async () => {
      await using stores = await open();
      const writer = await open();
      const inserting = writer.requests.insert([sampleRequest(1, { body: textOf(20_000_000) })]);
      const ended = inserting.catch((error: unknown) => error);
      await eventually(async () => (await countOf()).chunks > 0);
      await writer[Symbol.asyncDispose]();
      expect(await ended).toMatchObject({ code: 'store_unavailable' });
      expect((await stores.requests.lookup([key])).rows.size).toBe(0);
      expect((await countOf()).chunks).toBeGreaterThan(0);
      expect(await stores.requests.removeUnreferencedBodies(Date.now() - hour, 100)).toBe(0);
      expect(await sweepLater(stores)).toBe(1);
      expect(await countOf()).toEqual({ files: 0, chunks: 0 });
    });

    it('leaves a text alone that was begun long ago and ended lately', async () => {
      await using stores = await open();
      const id = mongo.ObjectId.createFromTime(1_000_000);
      const { files, chunks } = collections();
      await chunks.insertOne({ files_id: id, n: 0 });
      await files.insertOne({ _id: id, filename: key, uploadDate: new Date() });
      expect(await stores.requests.removeUnreferencedBodies(Date.now() - hour, 100)).toBe(0);
      expect(await sweepLater(stores)).toBe(1);
    });

    it('gets through many pages of texts in use and goes on where it ended', async () => {
      await using stores = await open();
      const all = Array.from({ length: 1_300 }, (_, n) => mongo.ObjectId.createFromTime(1_000_000 + n));
      await collections().chunks.insertMany(all.map((id) => ({ files_id: id, n: 0 })));
      await insertCollected(stores, large);
      const removed: number[] = [];
      do removed.push(await sweepLater(stores, 600));
      while (removed.at(-1) === 600);
      expect(removed).toEqual([600, 600, 100]);
      expect((await bodyOf(stores)) === large).toBe(true);
      // Back at the start.
      await collections().chunks.insertMany(all.slice(0, 5).map((id) => ({ files_id: id, n: 0 })));
      expect(await sweepLater(stores)).toBe(5);
    });
  });

  const damages = Object.entries<(found: ReturnType<typeof collections>) => Promise<unknown>>({
    'is gone': async ({ files, chunks }) => {
      await files.deleteMany({});
      await chunks.deleteMany({});
    },
    'lacks its file': ({ files }) => files.deleteMany({}),
    'lacks its first chunk': ({ chunks }) => chunks.deleteMany({ n: 0 }),
    'lacks its last chunk': ({ chunks }) => chunks.deleteMany({ n: 4 }),
    'lacks all chunks': ({ chunks }) => chunks.deleteMany({}),
  });

  it.each(damages)('of which one %s are an error that names the key, never a wrong text', async (_, damage) => {
    await using stores = await open();
    const lost = { code: 'internal_error', details: { key } };
    await insertCollected(stores, large);
    await damage(collections());
    await expect(bodyOf(stores)).rejects.toMatchObject(lost);
    await settle(stores, large);
    expect((await outcomeOf(stores)) === large).toBe(true);
    await damage(collections());
    await expect(outcomeOf(stores)).rejects.toMatchObject(lost);
  });
});
