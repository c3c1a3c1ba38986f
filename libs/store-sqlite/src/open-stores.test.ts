import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import {
  sampleBatchId,
  sampleGroup,
  sampleIdempotency,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTenant,
} from '@batch-gpt/testing';
import { openSqliteStores } from './open-stores.ts';
import { migrate, schemaVersion } from './schema.ts';
import { createTestFolder } from './testing/test-folder.ts';

const logger = silentLogger;

function countBodies(path: string): unknown {
  const db = new DatabaseSync(path);
  const count = db.prepare('SELECT count(*) AS n FROM bodies').get()?.['n'];
  db.close();
  return count;
}

describe('openSqliteStores', () => {
  it('keeps what it holds from one opening to the next', async () => {
    await using folder = await createTestFolder();
    {
      await using stores = await openSqliteStores({ path: folder.file, logger });
      await stores.requests.insert([sampleRequest(1)]);
      await stores.ping();
    }
    await using stores = await openSqliteStores({ path: folder.file, logger });
    expect((await stores.requests.lookup([sampleKey(1)])).rows.size).toBe(1);
  });

  it('brings a file of the first version up to date, with all that it holds', async () => {
    await using folder = await createTestFolder();
    await mkdir(dirname(folder.file));
    const db = new DatabaseSync(folder.file);
    migrate(db, 1);
    db.exec(`
      INSERT INTO requests (key, retry, tenant, account, endpoint, model, group_id, line_bytes, tokens, inputs, shareable,
        limited, accepted_at)
      VALUES ('${sampleKey(1)}', 0, '${sampleTenant}', 'main', '/v1/chat/completions', 'gpt-4o-mini', '${sampleGroup()}',
        9, 9, 0, 1, 0, 5);
      INSERT INTO bodies (id, body) VALUES (1, '{}')`);
    db.close();
    await using stores = await openSqliteStores({ path: folder.file, logger });
    const { requests, listing, idempotency } = stores;
    await requests.insert([sampleRequest(2, { cacheTtl: 7 })]);
    const page = await listing.list(sampleTenant, { state: null, model: null }, null, 10);
    expect(page?.found).toMatchObject([
      { key: sampleKey(2), cacheTtl: 7 },
      { key: sampleKey(1), cacheTtl: null, acceptedAt: 5 },
    ]);
    await requests.claim(sampleGroup(), sampleBatchId(1), [sampleKey(1)], 1);
    expect(await requests.memberBodies(sampleBatchId(1), null, 10, 10)).toEqual([{ key: sampleKey(1), body: '{}' }]);
    expect(await idempotency.remember(sampleIdempotency(1))).toMatchObject({ isNew: true });
  });

  it('opens a new file from many sides at once', async () => {
    await using folder = await createTestFolder();
    const all = await Promise.all(Array.from({ length: 5 }, () => openSqliteStores({ path: folder.file, logger })));
    const inserted = await Promise.all(all.map(({ requests }) => requests.insert([sampleRequest(1)])));
    expect(inserted.filter((keys) => keys.size === 1)).toHaveLength(1);
    await Promise.all(all.map((stores) => stores[Symbol.asyncDispose]()));
  });

  it('refuses a file of a newer release and says so', async () => {
    await using folder = await createTestFolder();
    await mkdir(dirname(folder.file));
    const db = new DatabaseSync(folder.file);
    db.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    db.close();
    await expect(openSqliteStores({ path: folder.file, logger })).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`schema version ${schemaVersion + 1}`) as unknown,
    });
  });

  it('refuses a file that is no database, and a place where it cannot write', async () => {
    await using folder = await createTestFolder();
    await mkdir(dirname(folder.file));
    await writeFile(folder.file, 'this is something else '.repeat(100));
    const unavailable = { code: 'store_unavailable' };
    await expect(openSqliteStores({ path: folder.file, logger })).rejects.toMatchObject(unavailable);
    const below = `${folder.file}/below/it.sqlite`;
    await expect(openSqliteStores({ path: below, logger })).rejects.toMatchObject(unavailable);
  });

  it.each([
    [undefined, 1],
    ['none', 1],
    ['failed', 2],
    ['all', 3],
  ] as const)('with keepRequestBodies %s has %s of three bodies left when two requests ended', async (keep, left) => {
    await using folder = await createTestFolder();
    const kept = keep === undefined ? {} : { keepRequestBodies: keep };
    {
      await using stores = await openSqliteStores({ path: folder.file, logger, ...kept });
      await stores.requests.insert(sampleRequests(3));
      await stores.requests.claim(sampleGroup(), sampleBatchId(1), [sampleKey(0)], 1);
      await stores.requests.settle(sampleBatchId(1), [sampleSettlement(sampleKey(0))]);
      const failed = sampleOutcome({ kind: 'failed', status: 400, shareable: false });
      await stores.requests.endAccepted([sampleSettlement(sampleKey(1), failed)]);
    }
    expect(countBodies(folder.file)).toBe(left);
  });

  it('removes the bodies of requests that are purged and evicted', async () => {
    await using folder = await createTestFolder();
    {
      await using stores = await openSqliteStores({ path: folder.file, logger, keepRequestBodies: 'all' });
      await stores.requests.insert(sampleRequests(3));
      await stores.requests.endAccepted([0, 1].map((n) => sampleSettlement(sampleKey(n))));
      expect(await stores.cache.purge({ keys: [sampleKey(0)] }, 10)).toEqual([sampleKey(0)]);
      expect(await stores.cache.evictOldest(Date.UTC(2200, 0, 1), 10, 0)).toEqual([sampleKey(1)]);
    }
    expect(countBodies(folder.file)).toBe(1);
  });

  it('removes the bodies of expired requests that kept them', async () => {
    await using folder = await createTestFolder();
    {
      await using stores = await openSqliteStores({ path: folder.file, logger, keepRequestBodies: 'all' });
      await stores.requests.insert(sampleRequests(2));
      await stores.requests.endAccepted([sampleSettlement(sampleKey(1))]);
      expect(await stores.requests.removeExpired(Date.UTC(2200, 0, 1), 10)).toBe(1);
    }
    expect(countBodies(folder.file)).toBe(1);
  });
});
