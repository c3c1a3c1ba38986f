import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { noSizes } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { sampleBatch } from '@batch-gpt/testing';
import { chat, startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const batch = (n: number, state: 'claimed' | 'submitted') =>
  gateway.stores.batches.insert(
    sampleBatch(n, { state, createdAt: gateway.clock.now() - 60_000, sizes: { ...noSizes, lines: 10 } }),
  );
const scraped = async (name: string) => {
  const text = await gateway.metrics.render();
  return text.split('\n').filter((line) => line.startsWith(`batch_gpt_${name}`));
};

test('what a scrape says is what the monitors show', async () => {
  await gateway.post(chat('one'), { prefer: 'respond-async' });
  await batch(1, 'claimed');
  await batch(2, 'submitted');
  await gateway.clock.advance(10_000);
  const { requests, batches } = (await (await gateway.get('/admin/snapshot')).json()) as {
    requests: { accepted: number; backlog: number };
    batches: { by_status: Record<string, number> };
  };
  expect(requests).toMatchObject({ accepted: 1, backlog: 11 });
  expect(await scraped('requests_pending ')).toEqual(['batch_gpt_requests_pending 1']);
  expect(await scraped('backlog_requests ')).toEqual(['batch_gpt_backlog_requests 11']);
  expect(await scraped('oldest_pending_age_seconds ')).toEqual(['batch_gpt_oldest_pending_age_seconds 10']);
  expect(await scraped('oldest_open_batch_age_seconds ')).toEqual(['batch_gpt_oldest_open_batch_age_seconds 70']);
  expect(await scraped('batches_open')).toEqual(
    Object.entries(batches.by_status).map(([status, count]) => `batch_gpt_batches_open{status="${status}"} ${count}`),
  );
  expect(await (await gateway.get('/admin/backlog')).json()).toEqual({
    ...{ object: 'batch_gpt.backlog', backlog: 11, open_batches: 2, held_connections: 0 },
  });
});

test('a scrape goes on while the store is away, with the last numbers', async () => {
  await gateway.post(chat('one'), { prefer: 'respond-async' });
  expect(await scraped('requests_pending ')).toEqual(['batch_gpt_requests_pending 1']);
  gateway.stores.overview.pendingGroups = () => Promise.reject(new AppError('store_unavailable', 'away'));
  await gateway.clock.advance(60_000);
  expect(await scraped('requests_pending ')).toEqual(['batch_gpt_requests_pending 1']);
});
