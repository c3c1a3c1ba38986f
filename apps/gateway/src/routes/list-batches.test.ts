import { expect, test } from '@jest/globals';
import { type BatchId } from '@batch-gpt/contracts';
import { createMemoryStores, sampleBatch, sampleBatchId, sampleTenant } from '@batch-gpt/testing';
import { listBatches } from './list-batches.ts';

/** A store of so many batches, of which these are to be cancelled. */
async function setUp(count: number, cancelled: readonly number[]) {
  const { batches } = createMemoryStores();
  for (let n = 0; n < count; n += 1)
    await batches.insert(sampleBatch(n, { cancelRequestedAt: cancelled.includes(n) ? 1 : null }));
  let reads = 0;
  const list = async (after: BatchId | null, limit: number) => {
    const page = await listBatches({
      batches: {
        list: (...args) => {
          reads += 1;
          return batches.list(...args);
        },
      },
      within: (work) => work,
      tenant: sampleTenant,
      after,
      limit,
      status: 'cancelling',
    });
    return { ...page, found: page.found.map(({ id }) => id) };
  };
  return { list, reads: () => reads };
}

test('matches that are far apart fill one page', async () => {
  const { list, reads } = await setUp(450, [3, 200, 449]);
  expect(await list(null, 2)).toEqual({
    found: [449, 200].map(sampleBatchId),
    lastId: sampleBatchId(200),
    hasMore: true,
  });
  expect(reads()).toBe(5);
  expect(await list(sampleBatchId(200), 2)).toEqual({
    found: [sampleBatchId(3)],
    lastId: sampleBatchId(3),
    hasMore: false,
  });
});

test('a page reads a bounded number of batches, and the next one goes on there', async () => {
  const { list, reads } = await setUp(2005, [2]);
  const first = await list(null, 10);
  expect(first).toEqual({ found: [], lastId: sampleBatchId(5), hasMore: true });
  expect(reads()).toBe(20);
  expect(await list(first.lastId, 10)).toEqual({ found: [sampleBatchId(2)], lastId: sampleBatchId(2), hasMore: false });
});
