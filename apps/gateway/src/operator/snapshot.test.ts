import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatGroup, operatorSnapshot, tenantId, type LiveProcess, type OperatorSnapshot } from '@batch-gpt/contracts';
import { noSizes, type BatchRecord } from '@batch-gpt/domain';
import {
  sampleAccount,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleRequest,
  sampleRequests,
  sampleTime,
} from '@batch-gpt/testing';
import { chat, startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const take = async (): Promise<OperatorSnapshot> => {
  const answer = await gateway.get('/admin/snapshot');
  expect(answer.status).toBe(200);
  return operatorSnapshot.parse(await answer.json());
};
/** Once nothing that was kept may be used any more. */
const takeFresh = async () => {
  await gateway.clock.advance(3000);
  return take();
};
const lines = (count: number) => ({ ...noSizes, lines: count });
const insert = (n: number, overrides: Partial<BatchRecord>) => gateway.stores.batches.insert(sampleBatch(n, overrides));
const billed = (succeeded: number, failed: number) => ({
  ...{ succeeded, failed, sentAgain: 1, inputTokens: 1_000_000, cachedTokens: 0, outputTokens: 100_000 },
});
const late = (totals: ReturnType<typeof billed>) => ({
  ...totals,
  unused: { inputTokens: 100_000, cachedTokens: 0, outputTokens: 0 },
});
const word = (overrides: Partial<LiveProcess>): LiveProcess => ({
  ...{ id: 'a.1.00000000', service: 'batcher', host: 'a', pid: 1, version: '1', since: 5000 },
  ...{ heldConnections: null, heldBatches: 3, creations: [], settings: [] },
  ...overrides,
});

describe('a snapshot', () => {
  test('of a system that has nothing to do', async () => {
    const snapshot = await take();
    expect(snapshot).toMatchObject({
      ...{ at: sampleTime / 1000, stale_since: null, window_seconds: 5, groups: [], open_batches: [], workers: [] },
      requests: { accepted: 0, collected: 0, settled_today: { lines: 0 }, settled_month: { batches: 0 } },
      batches: { open: 0, by_state: {}, in_trouble: 0, oldest_created_at: null },
      dependencies: { store: { up: true }, redis: { up: true } },
      headroom: { waiters: { held: 0, free: 1000, max: 1000 } },
      money: { today: { spent_usd: 0, cache_hits: { calls: 0, saved_usd: 0 } }, month: { unpriced: [] } },
    });
  });

  test('says what waits in which group, the longest wait first', async () => {
    const [a, b] = [sampleGroup('a'), sampleGroup('b', '01')];
    await gateway.stores.requests.insert(
      sampleRequests(3, { group: b, model: 'b', acceptedAt: sampleTime - 2000 }, 10),
    );
    await gateway.stores.requests.insert(
      sampleRequests(2, { group: a, model: 'a', acceptedAt: sampleTime - 9000 }, 20),
    );
    const { groups, requests } = await take();
    const seconds = sampleTime / 1000;
    expect(requests).toMatchObject({ accepted: 5, accepted_is_more: false });
    expect(groups).toEqual([
      {
        ...{ id: a, tenant: 'acme', account: 'main', endpoint: '/v1/chat/completions', model: 'a', split: '' },
        ...{ pending: 2, pending_is_more: false, oldest_accepted_at: seconds - 9, window_closes_at: seconds - 4 },
      },
      {
        ...{ id: b, tenant: 'acme', account: 'main', endpoint: '/v1/chat/completions', model: 'b', split: '01' },
        ...{ pending: 3, pending_is_more: false, oldest_accepted_at: seconds - 2, window_closes_at: seconds + 3 },
      },
    ]);
  });

  test('counts open batches by state and status, and their lines', async () => {
    const trouble = { status: 502, code: 'batch_lost', message: 'lost', param: null, type: 'server_error' };
    await insert(2, { state: 'submitted', sizes: lines(10), trouble });
    await insert(3, { state: 'submitted', sizes: lines(5), cancelRequestedAt: 1 });
    await insert(1, { state: 'claimed', sizes: lines(2) });
    await insert(4, { state: 'settled', sizes: lines(100) });
    await insert(5, { state: 'void', sizes: lines(100) });
    const snapshot = await take();
    expect(snapshot.requests.collected).toBe(17);
    expect(snapshot.batches).toEqual({
      open: 3,
      by_state: { claimed: 1, submitted: 2 },
      by_status: { cancelling: 1, validating: 2 },
      in_trouble: 1,
      oldest_created_at: (sampleTime + 1) / 1000,
    });
    expect(snapshot.open_batches.map(({ id }) => id)).toEqual([1, 2, 3].map(sampleBatchId));
    expect(snapshot.open_batches[1]).toMatchObject({ trouble: { code: 'batch_lost' }, counts: { total: 10 } });
  });

  test('sums up what settled today and this month, and what it cost and saved', async () => {
    await gateway.clock.advance(14.5 * 86_400_000);
    const now = gateway.clock.now();
    await insert(1, { state: 'settled', updatedAt: now - 1000, sizes: lines(10), billed: late(billed(8, 1)) });
    await insert(2, { state: 'settled', updatedAt: now - 10 * 86_400_000, sizes: lines(4), billed: billed(4, 0) });
    await insert(3, { state: 'settled', updatedAt: now - 20 * 86_400_000, sizes: lines(4), billed: billed(4, 0) });
    const odd = { model: 'odd', group: sampleGroup('odd') };
    await insert(4, { state: 'settled', updatedAt: now - 500, sizes: lines(7), billed: billed(7, 0), ...odd });
    const { requests, money } = await take();
    expect(requests.settled_today).toEqual({
      ...{ lines: 17, succeeded: 15, failed: 1, sent_again: 2, batches: 2, batches_by_status: { failed: 2 } },
    });
    expect(requests.settled_month).toMatchObject({ lines: 21, batches: 3 });
    // gpt-4o-mini: 0.15 and 0.60 dollars a million at the list price.
    expect(money.today.list_usd).toBeCloseTo(0.21, 9);
    expect(money.today.spent_usd).toBeCloseTo(0.105, 9);
    expect(money.today.batch_discount_usd).toBeCloseTo(0.105, 9);
    // The tokens of an answer that came too late are paid all the same.
    expect(money.today.wasted_usd).toBeCloseTo(0.0075, 9);
    expect(money.month.spent_usd).toBeCloseTo(0.21, 9);
    expect(money.today.unpriced).toEqual([{ model: 'odd', lines: 7 }]);
  });

  test('adds what the ledger says of calls that made no line', async () => {
    const tokens = { inputTokens: 1_000_000, cachedTokens: 0, outputTokens: 0 };
    const entry = { tenant: tenantId.parse('acme'), model: 'gpt-4o-mini', day: '2026-01-01', ...tokens };
    await gateway.stores.ledger.add([
      { ...entry, kind: 'cache_hit', calls: 3 },
      { ...entry, kind: 'cache_hit', calls: 2, tenant: tenantId.parse('other') },
      { ...entry, kind: 'shared_call', calls: 4, model: 'odd' },
      { ...entry, kind: 'realtime', calls: 9 },
      { ...entry, kind: 'cache_hit', calls: 100, day: '2025-12-31' },
    ]);
    const { money } = await take();
    expect(money.today.cache_hits).toEqual({ calls: 5, saved_usd: expect.closeTo(0.3, 9) });
    expect(money.today.shared_calls).toEqual({ calls: 4, saved_usd: 0 });
    expect(money.month).toEqual(money.today);
    await gateway.clock.advance(86_400_000);
    expect((await takeFresh()).money).toMatchObject({
      today: { cache_hits: { calls: 0 } },
      month: { cache_hits: { calls: 5 } },
    });
  });

  test('names the processes that live, and owners who say nothing', async () => {
    const { processes } = gateway.signals;
    const creations = [
      { account: sampleAccount, perHour: 2000, wait: 0 },
      { account: sampleAccount, perHour: 2000, wait: 1500 },
    ];
    await processes.announce(word({ creations }));
    await processes.announce(word({ id: 'g', service: 'gateway', heldConnections: 7, heldBatches: null }));
    await insert(1, { state: 'submitted', owner: 'a.1.00000000' });
    await insert(2, { state: 'submitted', owner: 'host.name.17.0123abcd' });
    await insert(3, { state: 'submitted', owner: 'host.name.17.0123abcd' });
    await insert(4, { state: 'submitted', owner: null });
    const { workers, workers_note, headroom } = await take();
    expect(workers_note).toBeNull();
    expect(workers).toEqual([
      {
        ...{ id: 'a.1.00000000', service: 'batcher', host: 'a', pid: 1, version: '1', since: 5, alive: true },
        ...{ last_beat_at: null, held_connections: null, held_batches: 3 },
      },
      expect.objectContaining({ id: 'g', service: 'gateway', held_connections: 7, held_batches: null, alive: true }),
      {
        ...{ id: 'host.name.17.0123abcd', service: 'batcher', host: 'host.name', pid: 17, version: null, since: null },
        ...{ alive: false, last_beat_at: null, held_connections: null, held_batches: 2 },
      },
    ]);
    expect(headroom.creations).toEqual([{ account: 'main', per_hour: 2000, wait_seconds: 1.5 }]);
    await gateway.stores.batches.beat([{ id: sampleBatchId(2), epoch: 1 }]);
    const later = await takeFresh();
    expect(later.workers[2]?.last_beat_at).toBe(later.at);
    // A beat is no news.
    expect(later.id).toBe((await takeFresh()).id);
  });

  test('has room for connections as it is', async () => {
    const call = gateway.post(chat('a'));
    await gateway.held(1);
    expect((await take()).headroom.waiters).toEqual({ held: 1, free: 999, max: 1000 });
    await gateway.finish();
    await call;
  });
});

describe('what a snapshot is read from', () => {
  test('while Redis is away: owners of batches, and a note', async () => {
    await insert(1, { state: 'submitted' });
    gateway.signals.setAway(true);
    const { workers, workers_note, dependencies } = await take();
    expect(workers.map(({ id, alive }) => [id, alive])).toEqual([['owner-1', false]]);
    expect(workers_note).toMatch(/Redis is away/);
    expect(dependencies.redis).toEqual({ up: false, latency_ms: null });
  });

  test('while the store is away: what it said last, since when it is silent', async () => {
    await gateway.stores.requests.insert([sampleRequest(1)]);
    const before = await take();
    gateway.stores.setAway(true);
    const during = await takeFresh();
    expect(during).toMatchObject({
      ...{ stale_since: before.at, requests: { accepted: 1 }, at: before.at + 3 },
      dependencies: { store: { up: false } },
    });
    gateway.stores.setAway(false);
    expect(await takeFresh()).toMatchObject({ stale_since: null, dependencies: { store: { up: true } } });
  });

  test('from a store that never answered: 503', async () => {
    gateway.stores.setAway(true);
    const answer = await gateway.get('/admin/snapshot');
    expect([answer.status, await answer.json()]).toMatchObject([503, { error: { code: 'store_unavailable' } }]);
    gateway.stores.setAway(false);
    await takeFresh();
  });

  test('is shared by all who ask, and read at most once in a quarter of a second', async () => {
    let reads = 0;
    const { batches } = gateway.stores;
    const open = batches.open.bind(batches);
    batches.open = (...call) => {
      reads += 1;
      return open(...call);
    };
    const all = await Promise.all(Array.from({ length: 20 }, take));
    expect(reads).toBe(1);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    await gateway.clock.advance(249);
    await take();
    expect(reads).toBe(1);
    await gateway.clock.advance(1);
    await take();
    expect(reads).toBe(2);
  });

  test('has an id of its own as long as nothing happens', async () => {
    const first = await take();
    expect((await takeFresh()).id).toBe(first.id);
    await gateway.stores.requests.insert([sampleRequest(1)]);
    expect((await takeFresh()).id).not.toBe(first.id);
  });
});

test('shows no more batches and groups than it can, and says that there are more', async () => {
  for (let n = 0; n < 501; n += 1) {
    await insert(n, { state: 'submitted' });
    const group = formatGroup({
      ...{ tenant: sampleRequest(1).tenant, account: sampleAccount, endpoint: '/v1/chat/completions' },
      ...{ model: `m${n}`, split: '' },
    });
    await gateway.stores.requests.insert([sampleRequest(n, { group })]);
  }
  const snapshot = await take();
  expect(snapshot).toMatchObject({ more_batches: true, more_groups: true, batches: { open: 501 } });
  expect([snapshot.open_batches.length, snapshot.groups.length]).toEqual([500, 500]);
});
