import { expect, test } from '@jest/globals';
import { type BatchRecord, type BatchStore } from '@batch-gpt/domain';
import { createMemoryStores, sampleBatch, sampleSnapshot, sampleTenant, sampleTime } from '@batch-gpt/testing';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createRecentTurnarounds } from './recent-turnarounds.ts';

const completed = sampleSnapshot({
  outputFileId: 'file-1',
  completedAt: 2,
  counts: { total: 1, completed: 1, failed: 0 },
});
const settled = (n: number, taken: number, change: Partial<BatchRecord> = {}) => {
  const createdAt = sampleTime + n;
  return sampleBatch(n, { state: 'settled', provider: completed, createdAt, updatedAt: createdAt + taken, ...change });
};
const ours = { tenant: sampleTenant, endpoint: '/v1/chat/completions', model: 'gpt-4o-mini' } as const;

async function setUp(batches: readonly BatchRecord[]) {
  const stores = createMemoryStores();
  for (const batch of batches) await stores.batches.insert(batch);
  const clock = createManualGatewayClock(sampleTime);
  let reads = 0;
  const list: BatchStore['list'] = (...args) => {
    reads += 1;
    return stores.batches.list(...args);
  };
  const turnarounds = createRecentTurnarounds({ batches: { list }, within: (work) => work, clock });
  return { stores, clock, turnarounds, reads: () => reads };
}

test('only settled batches of the same kind count that went the ordinary way', async () => {
  const trouble = { status: 502, code: 'batch_lost', message: 'lost', param: null, type: 'server_error' };
  const { turnarounds } = await setUp([
    settled(0, 900),
    settled(1, 300),
    settled(2, 100, { model: 'other' }),
    settled(3, 100, { endpoint: '/v1/responses' }),
    settled(4, 100, { cancelRequestedAt: 5 }),
    settled(5, 100, { cause: trouble }),
    settled(6, 100, { trouble }),
    settled(7, 100, { provider: null }),
    settled(8, 100, { state: 'ended' }),
  ]);
  expect(await turnarounds(ours)).toEqual([300, 900]);
});

test('the latest two hundred are looked at', async () => {
  const { turnarounds, reads } = await setUp(Array.from({ length: 205 }, (_, n) => settled(n, n + 1)));
  expect(await turnarounds(ours)).toEqual(Array.from({ length: 200 }, (_, n) => n + 6));
  expect(reads()).toBe(2);
});

test('a tenant’s batches are read once in five seconds, by however many callers', async () => {
  const { stores, clock, turnarounds, reads } = await setUp([settled(0, 100)]);
  await Promise.all([turnarounds(ours), turnarounds(ours), turnarounds({ ...ours, model: 'other' })]);
  await stores.batches.insert(settled(1, 200));
  await clock.advance(4999);
  expect(await turnarounds(ours)).toEqual([100]);
  expect(reads()).toBe(1);
  await clock.advance(1);
  expect(await turnarounds(ours)).toEqual([100, 200]);
});

test('a failure is told and not kept', async () => {
  const { stores, turnarounds } = await setUp([settled(0, 100)]);
  stores.setAway(true);
  await expect(turnarounds(ours)).rejects.toMatchObject({ code: 'store_unavailable' });
  stores.setAway(false);
  expect(await turnarounds(ours)).toEqual([100]);
});
