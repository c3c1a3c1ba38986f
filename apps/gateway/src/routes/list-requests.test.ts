import { expect, test } from '@jest/globals';
import { type RequestListing } from '@batch-gpt/domain';
import { createMemoryStores, sampleKey, sampleRequest, sampleTenant } from '@batch-gpt/testing';
import { listRequests, type RequestsQuery } from './list-requests.ts';

const any = { state: null, model: null };

/** A store of so many requests, of which these are of the model `rare`. */
async function setUp(count: number, rare: readonly number[] = []) {
  const stores = createMemoryStores();
  const rows = Array.from({ length: count }, (_, n) => sampleRequest(n, rare.includes(n) ? { model: 'rare' } : {}));
  await stores.requests.insert(rows);
  let reads = 0;
  const list: RequestListing['list'] = (...args) => {
    reads += 1;
    return stores.listing.list(...args);
  };
  const page = async (query: Partial<RequestsQuery> = {}) => {
    const deps = { listing: { list }, within: <T>(work: Promise<T>) => work };
    const read = await listRequests(deps, sampleTenant, { filter: any, after: null, limit: 2, ...query });
    return { ...read, found: read.found.map(({ key }) => key) };
  };
  return { page, reads: () => reads };
}

test('pages are newest first and hold everything once', async () => {
  const { page, reads } = await setUp(5);
  expect(await page()).toEqual({ found: [4, 3].map(sampleKey), lastId: sampleKey(3), hasMore: true });
  expect(await page({ after: sampleKey(3) })).toEqual({
    found: [2, 1].map(sampleKey),
    lastId: sampleKey(1),
    hasMore: true,
  });
  expect(await page({ after: sampleKey(1) })).toEqual({ found: [sampleKey(0)], lastId: sampleKey(0), hasMore: false });
  expect(reads()).toBe(3);
});

test('a page that is exactly full is the last one', async () => {
  const { page } = await setUp(2);
  expect(await page()).toMatchObject({ hasMore: false, lastId: sampleKey(0) });
});

test('matches that are far apart fill one page', async () => {
  const { page, reads } = await setUp(2500, [3, 1200, 2499]);
  const filter = { ...any, model: 'rare' };
  expect(await page({ filter })).toEqual({
    found: [2499, 1200].map(sampleKey),
    lastId: sampleKey(1200),
    hasMore: true,
  });
  expect(await page({ filter, after: sampleKey(1200) })).toEqual({
    found: [sampleKey(3)],
    lastId: sampleKey(3),
    hasMore: false,
  });
  expect(reads()).toBeLessThanOrEqual(6);
});

test('a page reads a bounded number of rows, and the next one goes on there', async () => {
  const { page, reads } = await setUp(20_010, [1]);
  const filter = { ...any, model: 'rare' };
  const first = await page({ filter });
  expect(first).toEqual({ found: [], lastId: sampleKey(10), hasMore: true });
  expect(reads()).toBe(20);
  expect(await page({ filter, after: first.lastId })).toMatchObject({ found: [sampleKey(1)], hasMore: false });
});

test('a request that is nobody’s is no place in the list', async () => {
  const { page } = await setUp(2);
  await expect(page({ after: sampleKey(7) })).rejects.toMatchObject({ code: 'invalid_value', param: 'after' });
});
