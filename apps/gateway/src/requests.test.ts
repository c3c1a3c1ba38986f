import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { requestKey, requestList, requestObject, tenantId, type BatchId, type RequestKey } from '@batch-gpt/contracts';
import { sampleBatch, sampleKey, sampleRequest, sampleSnapshot, sampleTime } from '@batch-gpt/testing';
import OpenAI, { ConflictError, NotFoundError } from 'openai';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const tenant = tenantId.parse('default');
const client = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries: 2 });
const seconds = (ms: number) => Math.floor(ms / 1000);

/** Accepts a call for a handle. */
const accept = async (text: string, more: Record<string, unknown> = {}): Promise<RequestKey> => {
  const response = await gateway.post(chat(text, more), { prefer: 'respond-async' });
  expect(response.status).toBe(202);
  expect(response.headers.get('location')).toMatch(/^\/v1\/requests\/[0-9a-f]{64}$/);
  return requestObject.parse(await response.json()).id;
};
const show = async (key: string) => requestObject.parse(await (await gateway.get(`/v1/requests/${key}`)).json());
const list = async (query = '') => requestList.parse(await (await gateway.get(`/v1/requests${query}`)).json());
const cancel = (key: string) => gateway.get(`/v1/requests/${key}`, { method: 'DELETE' });
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

/** The batch that requests were collected in, as the batcher writes it. */
const storeBatch = (id: BatchId) =>
  gateway.stores.batches.insert({
    ...sampleBatch(1, { tenant, createdAt: gateway.clock.now(), state: 'submitted', providerBatchId: 'batch_theirs' }),
    id,
    history: [
      { state: 'forming', at: gateway.clock.now(), note: null },
      { state: 'submitted', at: gateway.clock.now() + 2000, note: 'created' },
    ],
  });

describe('where is my request', () => {
  test('accepted: when its window closes', async () => {
    const request = await show(await accept('hi'));
    expect(request).toMatchObject({
      state: 'accepted',
      created_at: seconds(sampleTime),
      window_closes_at: seconds(sampleTime + 5000),
      batch_id: null,
      outcome: null,
      estimate: null,
      response: null,
      timeline: [{ at: seconds(sampleTime), event: 'accepted', note: null }],
    });
    expect(request.group).toMatch(/^default\|default\|\/v1\/chat\/completions\|gpt-4o-mini\|/);
  });

  test('collected: its batch, the provider’s, and every step', async () => {
    const key = await accept('hi');
    await gateway.clock.advance(6000);
    const { id } = await gateway.collect();
    await storeBatch(id);
    expect(await show(key)).toMatchObject({
      state: 'collected',
      window_closes_at: null,
      batch_id: id,
      provider_batch_id: 'batch_theirs',
      timeline: [
        { event: 'accepted', at: seconds(sampleTime) },
        { event: 'collected', at: seconds(sampleTime + 6000) },
        { event: 'batch.forming', at: seconds(sampleTime + 6000) },
        { event: 'batch.submitted', at: seconds(sampleTime + 8000), note: 'created' },
      ],
    });
  });

  test('done: its outcome and the last step', async () => {
    const key = await accept('hi');
    await gateway.clock.advance(60_000);
    const usage = { inputTokens: 7, outputTokens: 3, cachedTokens: 1, totalTokens: 10 };
    await gateway.finish({ usage, providerRequestId: 'req_theirs' });
    const request = await show(key);
    expect(request).toMatchObject({
      state: 'done',
      estimate: null,
      outcome: {
        result: 'succeeded',
        status_code: 200,
        usage: { input_tokens: 7, cached_tokens: 1, output_tokens: 3, total_tokens: 10 },
        provider_request_id: 'req_theirs',
      },
    });
    expect(request.timeline.at(-1)).toEqual({ at: seconds(sampleTime + 60_000), event: 'done', note: 'succeeded' });
  });

  test('asked anew by somebody: what it was answered with before, until there is a new answer', async () => {
    const key = await accept('hi');
    await gateway.finish({ body: '{"exact":12345678901234567890}' });
    expect((await show(key)).earlier_response).toBeNull();
    const answeredAt = seconds(gateway.clock.now());
    await gateway.clock.advance(5000);
    const anew = () => gateway.post(chat('hi'), { 'cache-control': 'no-cache', prefer: 'respond-async' });
    expect(await (await anew()).json()).toMatchObject({ earlier_response: null });
    expect(await (await anew()).json()).toMatchObject({ earlier_response: null });
    const earlier = { status_code: 200, completed_at: answeredAt, reusable_until: answeredAt + 30 * 86_400 };
    expect(await show(key)).toMatchObject({ state: 'accepted', response: null, earlier_response: earlier });

    await gateway.finish({ kind: 'failed', status: 400, shareable: false, body: '{"error":{}}' });
    const failed = await (await gateway.get(`/v1/requests/${key}`)).text();
    expect(requestObject.parse(JSON.parse(failed))).toMatchObject({
      ...{ state: 'done', outcome: { result: 'failed' } },
      ...{ response: { status_code: 400 }, earlier_response: earlier },
    });
    expect(failed).toContain('"body":{"exact":12345678901234567890}');

    await anew();
    await gateway.clock.advance(1000);
    await gateway.finish();
    expect(await show(key)).toMatchObject({ outcome: { result: 'succeeded' }, earlier_response: null });
  });

  test('an estimate from how long batches like its own took', async () => {
    for (let n = 0; n < 3; n += 1) {
      const createdAt = sampleTime - 10 * 3_600_000 + n;
      await gateway.stores.batches.insert(
        sampleBatch(n, { tenant, state: 'settled', createdAt, updatedAt: createdAt + 600_000, provider }),
      );
    }
    expect((await show(await accept('hi'))).estimate).toEqual({
      completes_at: seconds(sampleTime + 5000 + 600_000),
      completes_by: seconds(sampleTime + 5000 + 600_000),
      turnaround_seconds: { p50: 600, p90: 600 },
      samples: 3,
      confidence: 'low',
    });
  });
});

describe('the list', () => {
  test('is a page as OpenAI has them, which its client reads', async () => {
    const keys: string[] = [];
    for (const text of ['a', 'b', 'c']) {
      keys.unshift(await accept(text));
      await gateway.clock.advance(10);
    }
    const first = requestList.parse(await client().get('/requests', { query: { limit: 2 } }));
    expect(first.data.map(({ id }) => id)).toEqual(keys.slice(0, 2));
    expect(first).toMatchObject({ object: 'list', has_more: true, first_id: keys[0], last_id: keys[1] });
    const rest = await list(`?after=${first.last_id ?? ''}`);
    expect(rest).toMatchObject({ has_more: false, first_id: keys[2], last_id: keys[2] });
  });

  test('of one state and model', async () => {
    const done = await accept('a');
    await gateway.finish();
    await gateway.clock.advance(10);
    const other = await accept('b', { model: 'gpt-5' });
    const idsOf = async (query: string) => (await list(query)).data.map(({ id }) => id);
    expect(await idsOf('?state=done')).toEqual([done]);
    expect(await idsOf('?state=accepted')).toEqual([other]);
    expect(await idsOf('?model=gpt-5')).toEqual([other]);
    expect(await idsOf('?model=gpt-5&state=done')).toEqual([]);
    expect(await list('?state=collected')).toEqual({
      object: 'list',
      data: [],
      first_id: null,
      last_id: null,
      has_more: false,
    });
  });

  test('shows batches, and no text of a body or an answer', async () => {
    const key = await accept('a secret question');
    const { id } = await gateway.collect();
    await storeBatch(id);
    expect((await list()).data).toMatchObject([{ id: key, state: 'collected', provider_batch_id: 'batch_theirs' }]);
    await gateway.settle({ id, keys: [key] });
    const text = await (await gateway.get('/v1/requests')).text();
    expect(text).not.toMatch(/secret|chatcmpl/);
  });

  test('is the tenant’s own', async () => {
    await gateway.stores.requests.insert([sampleRequest(1)]);
    expect((await list()).data).toEqual([]);
    const response = await gateway.get(`/v1/requests?after=${sampleKey(1)}`);
    expect(response.status).toBe(400);
  });

  test.each([
    'limit=0',
    'limit=101',
    'after=x',
    `after=${sampleKey(9)}`,
    'state=over',
    'state=done&state=done',
    'model=',
  ])('%s is refused', async (query) => {
    const response = await gateway.get(`/v1/requests?${query}`);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: unknown };
    expect(error).toMatchObject({ code: 'invalid_value', param: query.split('=', 1)[0] });
  });
});

describe('cancelling', () => {
  test('ends an accepted request, and whoever waits for it is told at once', async () => {
    const waiting = gateway.post(chat('hi'));
    await gateway.held(1);
    const [key = ''] = gateway.signals.seen.accepted.flatMap(({ keys }) => keys);
    const response = await cancel(key);
    expect(response.status).toBe(200);
    expect(requestObject.parse(await response.json())).toMatchObject({
      id: key,
      state: 'done',
      outcome: { result: 'failed', status_code: 409 },
      response: { body: { error: { code: 'request_cancelled' } } },
    });
    const told = await waiting;
    expect(told.status).toBe(409);
    expect(told.headers.get('x-should-retry')).toBe('false');
    expect(await codeOf(told)).toBe('request_cancelled');
    expect(gateway.signals.seen.outcomes).toEqual([[key]]);
    expect((await gateway.collect()).keys).toEqual([]);
  });

  test('tells its own waiters without Redis', async () => {
    const waiting = gateway.post(chat('hi'));
    await gateway.held(1);
    const [key = ''] = gateway.signals.seen.accepted.flatMap(({ keys }) => keys);
    gateway.signals.setAway(true);
    expect((await cancel(key)).status).toBe(200);
    expect((await waiting).status).toBe(409);
  });

  test('the same call is told so for its time, and is then a new request; or at once, if it insists', async () => {
    const key = await accept('hi');
    await cancel(key);
    expect((await gateway.post(chat('hi'))).status).toBe(409);
    expect((await gateway.post(chat('hi'), { 'cache-control': 'no-cache', prefer: 'respond-async' })).status).toBe(202);
    await cancel(key);
    await gateway.clock.advance(180_000);
    expect((await gateway.post(chat('hi'), { prefer: 'respond-async' })).status).toBe(202);
  });

  test('a request that was asked anew has its old answer again, and who waited for another is told', async () => {
    const key = await accept('hi');
    await gateway.finish();
    const paid = await (await gateway.post(chat('hi'), { 'idempotency-key': 'mine' })).text();
    await gateway.clock.advance(1000);
    const anew = () => gateway.post(chat('hi'), { 'cache-control': 'no-cache' });
    const waiting = [anew(), anew()];
    await gateway.held(2);
    const later = anew();
    await gateway.held(3);
    expect(await (await cancel(key)).json()).toMatchObject({ state: 'done', outcome: { result: 'succeeded' } });
    for (const told of await Promise.all([...waiting, later])) {
      expect(told.status).toBe(409);
      expect(await codeOf(told)).toBe('request_cancelled');
    }
    for (const headers of [{}, { 'idempotency-key': 'mine' }]) {
      const again = await gateway.post(chat('hi'), headers);
      expect(again.headers.get('age')).toBe('1');
      expect(await again.text()).toBe(paid);
    }
    expect((await gateway.collect()).keys).toEqual([]);
    expect((await gateway.post(chat('hi'), { 'cache-control': 'no-cache', prefer: 'respond-async' })).status).toBe(202);
  });

  test('a request in a batch is a conflict that SDKs do not repeat', async () => {
    const key = await accept('hi');
    const { id } = await gateway.collect();
    const late = await cancel(key);
    expect(late.status).toBe(409);
    expect(late.headers.get('x-should-retry')).toBe('false');
    expect(await codeOf(late)).toBe('request_not_cancellable');
    await expect(client().delete(`/requests/${key}`)).rejects.toBeInstanceOf(ConflictError);
    await gateway.settle({ id, keys: [key] });
    expect(await codeOf(await cancel(key))).toBe('request_not_cancellable');
    expect((await show(key)).outcome?.result).toBe('succeeded');
  });

  test('that loses the race against a batch changes nothing', async () => {
    const key = await accept('hi');
    const { requests } = gateway.stores;
    const endAccepted = requests.endAccepted.bind(requests);
    const afterTheBatch: typeof endAccepted = async (settlements) => {
      await gateway.collect();
      return endAccepted(settlements);
    };
    Object.assign(requests, { endAccepted: afterTheBatch });
    expect(await codeOf(await cancel(key))).toBe('request_not_cancellable');
    expect((await show(key)).state).toBe('collected');
  });

  test('a foreign request is like an unknown one', async () => {
    await gateway.stores.requests.insert([sampleRequest(1)]);
    const [foreign, unknown, odd] = await Promise.all([sampleKey(1), sampleKey(2), 'x'].map(cancel));
    for (const response of [foreign, unknown, odd]) expect(response?.status).toBe(404);
    expect(await foreign?.text()).toBe(await unknown?.text());
    await expect(client().delete(`/requests/${sampleKey(1)}`)).rejects.toBeInstanceOf(NotFoundError);
    const { rows } = await gateway.stores.requests.lookup([requestKey.parse(sampleKey(1))]);
    expect(rows.get(sampleKey(1))?.state).toBe('accepted');
  });

  test('other methods are named', async () => {
    const response = await gateway.get(`/v1/requests/${sampleKey(1)}`, { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, DELETE');
  });
});

const provider = sampleSnapshot({
  outputFileId: 'file-1',
  completedAt: 2,
  counts: { total: 1, completed: 1, failed: 0 },
});
