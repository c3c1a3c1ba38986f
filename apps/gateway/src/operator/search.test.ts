import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { batchId, requestKey, tenantId } from '@batch-gpt/contracts';
import { type BatchRecord, type ProviderSnapshot } from '@batch-gpt/domain';
import { createStatusClient, type StatusClient } from '@batch-gpt/status-client';
import {
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSnapshot,
  sampleTime,
} from '@batch-gpt/testing';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
let client: StatusClient;
beforeEach(async () => {
  gateway = await startTestGateway();
  client = createStatusClient({ baseUrl: gateway.url });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const stranger = tenantId.parse('stranger');
const seconds = sampleTime / 1000;
const insertRequests = (...rows: Parameters<typeof sampleRequest>[]) =>
  gateway.stores.requests.insert(rows.map(([n, overrides]) => sampleRequest(n, overrides)));
type Query = Parameters<StatusClient['requests']>[0];
const idsOf = async (query: Query) => (await client.requests(query)).data.map(({ id }) => id);
/** All pages, and how many there were. */
async function allOf(query: Query) {
  const ids: string[] = [];
  let next: string | null = null;
  let pages = 0;
  do {
    const page = await client.requests({ ...query, ...(next !== null && { after: next }) });
    ids.push(...page.data.map(({ id }) => id));
    next = page.next;
    pages += 1;
  } while (next !== null);
  return { ids, pages };
}

describe('requests', () => {
  test('of all tenants are merged by time, newest first, in pages', async () => {
    for (let n = 0; n < 60; n += 1) {
      const tenant = tenantId.parse(`t${n % 3}`);
      await insertRequests([n, { tenant, acceptedAt: sampleTime + Math.floor(n / 2) }]);
    }
    const newestFirst = Array.from({ length: 60 }, (_, n) => sampleKey(59 - n));
    for (const limit of [1, 7, 59, 60, 100]) expect((await allOf({ limit })).ids).toEqual(newestFirst);
    expect((await allOf({ limit: 20 })).pages).toBe(3);
    expect(await idsOf({ tenant: 't1', limit: 100 })).toHaveLength(20);
    expect((await client.requests({ limit: 1 })).data[0]).toMatchObject({ tenant: 't2', account: 'main' });
  });

  test('are found by how their id begins, and by all of it', async () => {
    const keyed = (beginning: string) => requestKey.parse(beginning.padEnd(64, '0'));
    const [a, b, c] = [keyed('abc1'), keyed('abc2'), keyed('abd')];
    await insertRequests([1, { key: b }], [2, { key: a, tenant: stranger }], [3, { key: c }]);
    expect(await idsOf({ key: 'abc' })).toEqual([a, b]);
    expect((await allOf({ key: 'ab', limit: 1 })).ids).toEqual([a, b, c]);
    expect(await idsOf({ key: c })).toEqual([c]);
    expect(await idsOf({ key: 'abc', tenant: 'stranger' })).toEqual([a]);
    expect(await idsOf({ key: 'f' })).toEqual([]);
  });

  test('are none where there are none, whatever is asked', async () => {
    for (const query of [{}, { until: seconds }, { key: 'a' }, { tenant: 'nobody', until: seconds }]) {
      expect(await client.requests(query)).toEqual({ object: 'list', data: [], next: null });
    }
  });

  test('are filtered by state, model and time', async () => {
    await insertRequests([1, { model: 'a' }], [2, { model: 'b' }], [3, { model: 'a' }], [4, { tenant: stranger }]);
    await gateway.stores.requests.claim(sampleGroup(), sampleBatchId(1), [sampleKey(3)], 1);
    expect(await idsOf({ model: 'a' })).toEqual([3, 1].map(sampleKey));
    expect(await idsOf({ state: 'collected' })).toEqual([sampleKey(3)]);
    expect(await idsOf({ state: 'accepted', model: 'a' })).toEqual([sampleKey(1)]);
    expect(await idsOf({ since: seconds + 0.002, until: seconds + 0.004 })).toEqual([3, 2].map(sampleKey));
    expect(await idsOf({ since: seconds + 1 })).toEqual([]);
    expect(await idsOf({ until: seconds + 0.001 })).toEqual([]);
  });

  test('that match rarely are looked for in bounded steps, and found in the end', async () => {
    const { search } = gateway.stores;
    const before = search.acceptedBefore.bind(search);
    let rows = 0;
    search.acceptedBefore = async (...call) => {
      const found = await before(...call);
      rows += found.length;
      return found;
    };
    const crowd = Array.from({ length: 21_000 }, (_, n) => sampleRequest(n + 10));
    await gateway.stores.requests.insert([sampleRequest(1, { model: 'rare' }), ...crowd]);
    const first = await client.requests({ model: 'rare' });
    expect(first.data).toEqual([]);
    expect(rows).toBeLessThanOrEqual(20_000);
    expect(await idsOf({ model: 'rare', after: first.next ?? '' })).toEqual([sampleKey(1)]);
  });

  test.each<[string, string]>([
    ['key=XYZ', 'key'],
    ['key=', 'key'],
    ['tenant=a b', 'tenant'],
    ['state=gone', 'state'],
    ['since=yesterday', 'since'],
    ['until=-1', 'until'],
    ['limit=0', 'limit'],
    ['after=0', 'after'],
    ['after=1-xyz', 'after'],
    ['key=a&after=1-xyz', 'after'],
    ['key=a&key=b', 'key'],
  ])('%s is refused', async (query, param) => {
    const answer = await gateway.get(`/admin/requests?${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'invalid_value', param } }]);
  });

  test('of more than 200 tenants need one of them to be named', async () => {
    for (let n = 0; n < 201; n += 1) await insertRequests([n, { tenant: tenantId.parse(`t${n}`) }]);
    await expect(client.requests({})).rejects.toMatchObject({ status: 400, code: 'invalid_value' });
    expect(await idsOf({ tenant: 't200' })).toEqual([sampleKey(200)]);
    expect(await idsOf({ key: sampleKey(7) })).toEqual([sampleKey(7)]);
  });
});

describe('one request', () => {
  const secret = 'the answer that nobody may read';

  test('that waits says for what, and since when', async () => {
    await insertRequests([1, { acceptedAt: sampleTime - 2000 }]);
    const request = await client.request(sampleKey(1));
    expect(request).toMatchObject({
      state: 'accepted',
      waits_for: 'window',
      window_closes_at: seconds + 3,
      batch: null,
    });
    expect(request.timeline).toEqual([{ at: seconds - 2, event: 'accepted', note: null }]);
  });

  test.each<[BatchRecord['state'], Partial<BatchRecord>, string]>([
    ['forming', {}, 'submission'],
    ['submitting', {}, 'submission'],
    ['submitted', {}, 'provider'],
    ['ended', {}, 'results'],
    [
      'submitted',
      { trouble: { status: 502, code: 'batch_lost', message: 'lost', param: null, type: 'server_error' } },
      'operator',
    ],
  ])('whose batch is %s %j', async (state, overrides, waitsFor) => {
    await insertRequests([1, {}]);
    await gateway.stores.batches.insert(sampleBatch(1, { state, ...overrides }));
    await gateway.stores.requests.claim(sampleGroup(), sampleBatchId(1), [sampleKey(1)], sampleTime + 5000);
    const request = await client.request(sampleKey(1));
    expect(request).toMatchObject({ waits_for: waitsFor, batch: { id: sampleBatchId(1), state } });
    expect(request.timeline.map(({ event }) => event)).toEqual(['accepted', 'batch.forming', 'collected']);
  });

  test('that failed shows its error, one that succeeded nothing of its answer; neither its prompt', async () => {
    await insertRequests([1, {}], [2, {}]);
    const { id, keys } = await gateway.collect();
    const [first, second] = keys;
    if (first === undefined || second === undefined) throw new Error('no keys');
    const error = { message: 'Too long.', type: 'invalid_request_error', param: 'input', code: 'too_long' };
    await gateway.settle({ id, keys: [first] }, { kind: 'failed', status: 400, body: JSON.stringify({ error }) });
    await gateway.settle({ id, keys: [second] }, sampleOutcome({ body: JSON.stringify({ text: secret }) }));
    const failed = await client.request(first);
    expect(failed).toMatchObject({ state: 'done', waits_for: null, failure: error, delivered: false });
    expect(failed.expires_at).toBeGreaterThan(seconds);
    expect(await client.request(second)).toMatchObject({ failure: null, outcome: { result: 'succeeded' } });
    const said = JSON.stringify(await Promise.all([client.request(second), client.requests({}), client.snapshot()]));
    expect(said).not.toContain(secret);
    expect(said).not.toContain('question');
  });

  test('that failed in a form of its own has no error to show', async () => {
    await insertRequests([1, {}]);
    await gateway.settle(await gateway.collect(), { kind: 'failed', status: 500, body: '"no"' });
    expect(await client.request(sampleKey(1))).toMatchObject({ failure: null, outcome: { status_code: 500 } });
  });

  test('that is unknown', async () => {
    for (const id of [sampleKey(1), 'x', sampleKey(1).slice(0, 10)]) {
      await expect(client.request(id)).rejects.toMatchObject({ status: 404, code: 'request_not_found' });
    }
  });
});

describe('batches', () => {
  const insert = (n: number, overrides: Partial<BatchRecord> = {}) =>
    gateway.stores.batches.insert(sampleBatch(n, overrides));
  const saying = (status: string): { readonly provider: ProviderSnapshot } => ({
    provider: sampleSnapshot({
      ...{ status, outputFileId: 'out', createdAt: 5, inProgressAt: 6, completedAt: 7, expiresAt: 99 },
      counts: { total: 3, completed: 2, failed: 1 },
      errors: [{ code: 'bad', message: 'a bad line', param: null, line: 3 }],
    }),
  });
  const listed = async (query: Parameters<StatusClient['batches']>[0]) => {
    const numbers: number[] = [];
    let next: string | null = null;
    do {
      const page = await client.batches({ ...query, ...(next !== null && { after: next }) });
      numbers.push(...page.data.map(({ id }) => parseInt(id.slice(-8), 16)));
      next = page.next;
    } while (next !== null);
    return numbers;
  };

  test('are listed open ones first, then settled ones, each the latest first', async () => {
    await insert(1, { state: 'submitted' });
    await insert(2, { state: 'settled', updatedAt: sampleTime + 500, ...saying('completed') });
    await insert(3, { state: 'claimed', tenant: stranger });
    await insert(4, { state: 'settled', updatedAt: sampleTime + 400, tenant: stranger, ...saying('failed') });
    await insert(5, { state: 'void' });
    await insert(6, { state: 'ended', ...saying('completed') });
    for (const limit of [1, 2, 3, 4, 5, 100]) expect(await listed({ limit })).toEqual([6, 3, 1, 2, 4]);
    expect(await listed({ status: 'completed' })).toEqual([2]);
    expect(await listed({ status: 'failed' })).toEqual([4]);
    expect(await listed({ status: 'finalizing' })).toEqual([6]);
    expect(await listed({ status: 'validating', limit: 1 })).toEqual([3, 1]);
    expect(await listed({ tenant: 'stranger', limit: 1 })).toEqual([3, 4]);
    expect(await listed({ status: 'expired' })).toEqual([]);
  });

  test('whose status is rare are looked for in bounded steps', async () => {
    await insert(1, { state: 'settled', updatedAt: sampleTime, ...saying('expired') });
    for (let n = 0; n < 2000; n += 1) {
      await insert(n + 10, { state: 'settled', updatedAt: sampleTime + 1 + n, ...saying('completed') });
    }
    const first = await client.batches({ status: 'expired' });
    expect(first.data).toEqual([]);
    expect(first.next).not.toBeNull();
    expect(await listed({ status: 'expired' })).toEqual([1]);
  });

  test.each(['after=nothing', 'after=open-1-2', 'status=gone', 'limit=101', 'tenant='])(
    '%s is refused',
    async (query) => {
      expect((await gateway.get(`/admin/batches?${query}`)).status).toBe(400);
    },
  );

  test('can be looked at by our id or by the provider’s', async () => {
    const cause = { status: 400, code: 'invalid_value', message: 'no', param: 'model', type: 'invalid_request_error' };
    await insertRequests([1, {}]);
    await insert(1, {
      ...{ state: 'settled', createdAt: sampleTime, updatedAt: sampleTime + 60_000, providerBatchId: 'batch_x' },
      ...saying('completed'),
      ...{ namedLines: [{ key: sampleKey(7), cause }], sizes: { lines: 3, bytes: 900, tokens: 60, inputs: 0 } },
      billed: { succeeded: 2, failed: 1, sentAgain: 0, inputTokens: 2_000_000, cachedTokens: 0, outputTokens: 0 },
    });
    const batch = await client.batch(sampleBatchId(1));
    expect(batch).toMatchObject({
      ...{ status: 'completed', counts: { total: 3, completed: 2, failed: 1 }, took_seconds: 60, bytes: 900 },
      usage: { input_tokens: 2_000_000, cached_tokens: 0, output_tokens: 0, sent_again: 0 },
      errors: [{ code: 'bad', message: 'a bad line', line: 3 }],
      named_lines: [{ request_id: sampleKey(7), code: 'invalid_value', message: 'no' }],
      ...{ named_line_count: 1, output_file_id: 'out', expires_at: 99 },
    });
    expect(batch.cost?.batch_usd).toBeCloseTo(0.15, 9);
    expect(batch.timeline.map(({ event }) => event)).toEqual([
      'provider.created',
      'provider.in_progress',
      'provider.completed',
      'batch.forming',
    ]);
    expect(await client.batch('batch_x')).toEqual(batch);
  });

  test('that are unknown', async () => {
    for (const id of [batchId.parse(`batch_${'f'.repeat(32)}`), 'batch_y', 'a b', '%']) {
      await expect(client.batch(id)).rejects.toMatchObject({ status: 404, code: 'batch_not_found' });
    }
  });

  test('have an estimate while they run, from those that ran before', async () => {
    await insert(1, {
      state: 'settled',
      createdAt: sampleTime - 100_000,
      updatedAt: sampleTime,
      ...saying('completed'),
    });
    await insert(2, { state: 'submitted', createdAt: sampleTime });
    const { data } = await client.batches({});
    expect(data.map(({ estimate }) => estimate)).toEqual([
      { completes_at: seconds + 100, completes_by: seconds + 100, samples: 1 },
      null,
    ]);
  });
});
