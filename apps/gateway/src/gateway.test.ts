import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { requestObject } from '@batch-gpt/contracts';
import { answerTo, chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** Posts and has the request answered as soon as it waits. */
async function answered(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const call = gateway.post(body, headers);
  await gateway.held(1);
  await gateway.finish();
  return call;
}

describe('a call', () => {
  test('is held, stored as the provider will get it, and answered with the stored outcome', async () => {
    const body =
      '{"z":12345678901234567890,"user":"me","stream":false,"messages":[{"role":"user","content":"hi"}], "model":"m"}';
    const call = gateway.post(body, { 'x-request-id': 'mine-1' });
    await gateway.held(1);
    const batch = await gateway.collect();
    const [key = ''] = batch.keys;
    const [line] = await gateway.stores.requests.memberBodies(batch.id, null, 10, 1e6);
    expect(line?.body).toBe(
      '{"messages":[{"content":"hi","role":"user"}],"model":"m","user":"me","z":12345678901234567890}',
    );

    await gateway.settle(batch);
    gateway.gateway.outcomes.look(batch.keys);
    const response = await call;
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(answerTo(key));
    expect(response.headers.get('cache-status')).toBe('batch-gpt; fwd=uri-miss; stored');
    expect(response.headers.get('batch-request-id')).toBe(key);
    expect(response.headers.get('batch-id')).toBe(batch.id);
    expect(response.headers.get('x-request-id')).toBe('mine-1');
  });

  // seed S20
  test('that was answered before is a hit, whoever the caller says it is', async () => {
    const first = await answered(chat('hello', { user: 'a' }));
    await gateway.clock.advance(61_500);
    const second = await gateway.post(chat('hello', { user: 'b', metadata: { x: 'y' } }));
    expect(await second.text()).toBe(await first.text());
    expect(second.headers.get('cache-status')).toBe('batch-gpt; hit');
    expect(second.headers.get('age')).toBe('61');
    expect(gateway.signals.seen.accepted).toHaveLength(1);
  });

  test('repeated while it is pending joins it: one row, one announced key, everybody answered', async () => {
    const calls = Array.from({ length: 50 }, () => gateway.post(chat('same')));
    await gateway.held(50);
    const { keys } = await gateway.finish();
    expect(keys).toHaveLength(1);
    const answers = await Promise.all(calls);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text())))).toEqual(
      new Set([answerTo(keys[0] ?? '')]),
    );
    const statuses = answers.map((answer) => answer.headers.get('cache-status'));
    expect(statuses.filter((status) => status === 'batch-gpt; fwd=uri-miss; stored')).toHaveLength(1);
    expect(statuses.filter((status) => status === 'batch-gpt; fwd=uri-miss; collapsed')).toHaveLength(49);
    expect(gateway.signals.seen.accepted.flatMap((job) => job.keys)).toEqual(keys);
  });

  test('is announced by group with keys and sizes, and no body', async () => {
    const calls = [gateway.post(chat('a')), gateway.post(chat('b')), gateway.post(chat('c', { model: 'other' }))];
    await gateway.held(3);
    const jobs = gateway.signals.seen.accepted;
    expect(jobs.flatMap((job) => job.keys)).toHaveLength(3);
    expect(new Set(jobs.map((job) => job.group))).toEqual(
      new Set(['gpt-4o-mini', 'other'].map((model) => `default|default|/v1/chat/completions|${model}|`)),
    );
    expect(jobs.reduce((sum, job) => sum + job.sizes.lines, 0)).toBe(3);
    await gateway.finish();
    await Promise.all(calls);
  });

  // field 12
  test('a stored failure is served as it is, is not worth repeating for its time, and then is asked anew', async () => {
    const body = '{"error":{"message":"bad","type":"invalid_request_error","param":null,"code":"x"}}';
    const call = gateway.post(chat('bad'));
    await gateway.held(1);
    await gateway.finish({ kind: 'failed', status: 400, body, shareable: false });
    for (const response of [await call, await gateway.post(chat('bad'))]) {
      expect(response.status).toBe(400);
      expect(response.headers.get('x-should-retry')).toBe('false');
      expect(await response.text()).toBe(body);
    }
    await gateway.clock.advance(181_000);
    const again = await answered(chat('bad'));
    expect(again.status).toBe(200);
    expect(again.headers.get('cache-status')).toBe('batch-gpt; fwd=stale; stored');
  });

  // seed S25
  test('whose client goes away frees its place, and the request goes on', async () => {
    const gone = new AbortController();
    const call = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(chat('leaving')),
      signal: gone.signal,
    });
    await gateway.held(1);
    gone.abort();
    await expect(call).rejects.toThrow();
    await gateway.held(0);
    await gateway.finish();
    expect((await gateway.post(chat('leaving'))).headers.get('cache-status')).toBe('batch-gpt; hit');
  });
});

describe('an answer that nobody else may have', () => {
  const stateful = { model: 'm', input: 'x', previous_response_id: 'resp_1' };
  const send = (headers: Record<string, string> = {}) => gateway.post(stateful, headers, '/v1/responses');
  const unshareable = { shareable: false } as const;

  test('serves who waited and its retries; a fresh call asks anew', async () => {
    const call = send();
    await gateway.held(1);
    await gateway.finish(unshareable);
    expect((await call).status).toBe(200);
    await gateway.clock.advance(1);

    const retry = await send({ 'x-stainless-retry-count': '1' });
    expect(retry.headers.get('cache-status')).toBe('batch-gpt; hit');

    const fresh = send();
    await gateway.held(1);
    await gateway.finish(unshareable);
    expect((await fresh).headers.get('cache-status')).toBe('batch-gpt; fwd=miss; stored');
  });

  test('that was never delivered is given to the next who asks', async () => {
    const gone = new AbortController();
    const call = fetch(`${gateway.url}/v1/responses`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(stateful),
      signal: gone.signal,
    });
    await gateway.held(1);
    gone.abort();
    await expect(call).rejects.toThrow();
    await gateway.held(0);
    await gateway.finish(unshareable);
    expect((await send()).headers.get('cache-status')).toBe('batch-gpt; hit');
  });
});

describe('wishes', () => {
  test('respond-async: 202 with a handle that leads to the outcome, then 200 at once', async () => {
    const accepted = await gateway.post(chat('later'), { prefer: 'respond-async' });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('preference-applied')).toBe('respond-async');
    const handle = requestObject.parse(await accepted.json());
    expect(handle).toMatchObject({ state: 'accepted', model: 'gpt-4o-mini', response: null });
    expect(accepted.headers.get('location')).toBe(`/v1/requests/${handle.id}`);

    await gateway.finish();
    const text = await (await gateway.get(`/v1/requests/${handle.id}`)).text();
    expect(requestObject.parse(JSON.parse(text))).toMatchObject({ state: 'done', response: { status_code: 200 } });
    expect(text).toContain(`"body":${answerTo(handle.id)}`);
    expect((await gateway.post(chat('later'), { prefer: 'respond-async' })).status).toBe(200);
  });

  test('wait=N: holds that long, then hands out the handle', async () => {
    const call = gateway.post(chat('patient'), { prefer: 'wait=10' });
    await gateway.held(1);
    await gateway.clock.advance(9_900);
    await gateway.held(1);
    await gateway.clock.advance(200);
    const response = await call;
    expect(response.status).toBe(202);
    expect(response.headers.get('preference-applied')).toBe('wait=10');
  });

  test('wait=N: answered in time is an ordinary answer', async () => {
    expect((await answered(chat('quick'), { prefer: 'wait=10' })).status).toBe(200);
  });

  test('only-if-cached: the stored outcome or 404, and nothing is enqueued', async () => {
    const miss = await gateway.post(chat('never'), { 'cache-control': 'only-if-cached' });
    expect(miss.status).toBe(404);
    expect(await miss.json()).toMatchObject({ error: { code: 'not_cached' } });
    expect(miss.headers.get('x-should-retry')).toBe('false');
    await answered(chat('once'));
    expect((await gateway.post(chat('once'), { 'cache-control': 'only-if-cached' })).status).toBe(200);
    expect((await gateway.collect()).keys).toEqual([]);
  });

  // seed S21
  test('no-cache: asked anew; meanwhile others are answered from the old outcome, afterwards from the new one', async () => {
    await answered(chat('x'));
    await gateway.clock.advance(1000);
    const anew = gateway.post(chat('x'), { 'cache-control': 'no-cache' });
    await gateway.held(1);
    const meanwhile = await gateway.post(chat('x'));
    expect(meanwhile.headers.get('cache-status')).toBe('batch-gpt; hit');
    // A look at the row while it is pending must not give the old outcome away.
    gateway.gateway.outcomes.resync();
    await gateway.clock.advance(20_000);
    await gateway.held(1);
    await gateway.finish({ body: '{"new":true}' });
    const response = await anew;
    expect(await response.text()).toBe('{"new":true}');
    expect(response.headers.get('cache-status')).toBe('batch-gpt; fwd=request; stored');
    expect(await (await gateway.post(chat('x'))).text()).toBe('{"new":true}');
  });

  test('no-cache that fails: who asked anew is told, everybody else still has the old answer', async () => {
    const paid = await answered(chat('x'));
    await gateway.clock.advance(1000);
    const anew = gateway.post(chat('x'), { 'cache-control': 'no-cache' });
    await gateway.held(1);
    const failed = { error: { message: 'no', type: 'invalid_request_error', param: null, code: 'refused' } };
    await gateway.finish({ kind: 'failed', status: 400, shareable: false, body: JSON.stringify(failed) });
    expect((await anew).status).toBe(400);
    const retry = { 'cache-control': 'no-cache', 'x-stainless-retry-count': '1' };
    expect((await gateway.post(chat('x'), retry)).status).toBe(400);

    const text = await paid.text();
    const other = await gateway.post(chat('x'));
    expect(other.headers.get('cache-status')).toBe('batch-gpt; hit');
    expect(await other.text()).toBe(text);
    // The failure is no reason to refuse the next one who asks anew, and its success is everybody's.
    const next = gateway.post(chat('x'), { 'cache-control': 'no-cache' });
    await gateway.held(1);
    expect(await (await gateway.post(chat('x'))).text()).toBe(text);
    await gateway.clock.advance(1000);
    await gateway.finish({ body: '{"new":true}' });
    expect(await (await next).text()).toBe('{"new":true}');
    expect(await (await gateway.post(chat('x'))).text()).toBe('{"new":true}');
  });

  test.each(['no-cache', 'max-age=0'])('%s: an answer that nobody was given is given first, once', async (wish) => {
    const headers = { 'cache-control': wish };
    await answered(chat('x'));
    await gateway.clock.advance(1000);
    const gone = new AbortController();
    const cut = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(chat('x')),
      signal: gone.signal,
    });
    await gateway.held(1);
    gone.abort();
    await expect(cut).rejects.toThrow();
    await gateway.held(0);
    await gateway.finish({ body: '{"paid":true}' });
    await gateway.clock.advance(1000);

    const given = await gateway.post(chat('x'), headers);
    expect(given.headers.get('cache-status')).toBe('batch-gpt; hit');
    expect(await given.text()).toBe('{"paid":true}');
    await gateway.clock.advance(1000);
    const anew = await answered(chat('x'), headers);
    expect(anew.headers.get('cache-status')).toBe('batch-gpt; fwd=request; stored');
  });

  // seed S21
  test('max-age: an older outcome will not do', async () => {
    await answered(chat('x'));
    await gateway.clock.advance(10_000);
    expect((await gateway.post(chat('x'), { 'cache-control': 'max-age=10' })).headers.get('age')).toBe('10');
    await gateway.clock.advance(1000);
    const response = await answered(chat('x'), { 'cache-control': 'max-age=10' });
    expect(response.headers.get('cache-status')).toBe('batch-gpt; fwd=request; stored');
  });

  test('no-store: a row of its own each time, whose retry finds it', async () => {
    const headers = { 'cache-control': 'no-store' };
    const first = await answered(chat('secret'), headers);
    const second = await answered(chat('secret'), headers);
    expect(first.headers.get('cache-status')).toBe('batch-gpt; fwd=bypass');
    expect(second.headers.get('batch-request-id')).not.toBe(first.headers.get('batch-request-id'));
    expect((await gateway.post(chat('secret'), { 'cache-control': 'only-if-cached' })).status).toBe(404);

    const gone = new AbortController();
    const cut = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(chat('secret')),
      signal: gone.signal,
    });
    await gateway.held(1);
    gone.abort();
    await expect(cut).rejects.toThrow();
    await gateway.held(0);
    const retry = gateway.post(chat('secret'), { ...headers, 'x-stainless-retry-count': '1' });
    await gateway.held(1);
    const { keys } = await gateway.finish();
    expect(keys).toHaveLength(1);
    expect((await retry).headers.get('batch-request-id')).toBe(keys[0]);
  });

  test('no-store with an Idempotency-Key: the same name is the same call', async () => {
    const headers = { 'cache-control': 'no-store', 'idempotency-key': 'order-7' };
    const first = await answered(chat('secret'), headers);
    const again = await gateway.post(chat('secret'), headers);
    expect(again.headers.get('batch-request-id')).toBe(first.headers.get('batch-request-id'));
    const other = await answered(chat('secret'), { ...headers, 'idempotency-key': 'order-8' });
    expect(other.headers.get('batch-request-id')).not.toBe(first.headers.get('batch-request-id'));
  });
});

describe('with CACHE_SAMPLED off', () => {
  test('sampled calls are neither collapsed nor answered from the store; others are', async () => {
    await gateway[Symbol.asyncDispose]();
    gateway = await startTestGateway({ serving: { cacheSampled: false } });
    const calls = [gateway.post(chat('dice')), gateway.post(chat('dice'))];
    await gateway.held(2);
    expect((await gateway.finish()).keys).toHaveLength(2);
    await Promise.all(calls);
    expect((await gateway.post(chat('dice'), { 'cache-control': 'only-if-cached' })).status).toBe(404);
    const certain = chat('dice', { temperature: 0 });
    expect((await answered(certain)).headers.get('cache-status')).toBe('batch-gpt; fwd=uri-miss; stored');
    expect((await gateway.post(certain)).headers.get('cache-status')).toBe('batch-gpt; hit');
  });
});

describe('when something is away', () => {
  test('Redis: accepted all the same', async () => {
    gateway.signals.setAway(true);
    expect((await answered(chat('x'))).status).toBe(200);
  });

  test('the database: 503 that says when to come again, and the retry is one row', async () => {
    gateway.stores.setAway(true);
    const refused = await gateway.post(chat('x'));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('x-should-retry')).toBe('true');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ error: { code: 'store_unavailable' } });
    gateway.stores.setAway(false);
    expect((await answered(chat('x'))).status).toBe(200);
  });

  test('a database that hangs: 503 at the deadline', async () => {
    const hanging = await startTestGateway();
    try {
      hanging.stores.requests.lookup = () => new Promise(() => undefined);
      const call = hanging.post(chat('x'));
      while (hanging.clock.pending() < 2) await new Promise((resolve) => setImmediate(resolve));
      await hanging.clock.advance(5001);
      expect((await call).status).toBe(503);
    } finally {
      await hanging[Symbol.asyncDispose]();
    }
  });

  // field 14
  test('an announcement: the slow sweep answers', async () => {
    const call = gateway.post(chat('x'));
    await gateway.held(1);
    await gateway.settle(await gateway.collect());
    await gateway.clock.advance(20_000);
    expect((await call).status).toBe(200);
  });

  test('announcements for a while: the resync answers everybody', async () => {
    const calls = Array.from({ length: 20 }, (_, index) => gateway.post(chat(`call ${index}`)));
    await gateway.held(20);
    await gateway.settle(await gateway.collect());
    gateway.gateway.outcomes.resync();
    for (const response of await Promise.all(calls)) expect(response.status).toBe(200);
  });

  test('the database while an outcome is announced: answered when it is back', async () => {
    const call = gateway.post(chat('x'));
    await gateway.held(1);
    const batch = await gateway.collect();
    await gateway.settle(batch);
    gateway.stores.setAway(true);
    gateway.gateway.outcomes.look(batch.keys);
    // The sweep's timer is there from the start; the pause after the failure is the second beside the hold's.
    while (gateway.clock.pending() < 3) await new Promise((resolve) => setImmediate(resolve));
    gateway.stores.setAway(false);
    await gateway.clock.advance(1000);
    expect((await call).status).toBe(200);
  });

  test('the row itself: a retryable error, never silence', async () => {
    const call = gateway.post(chat('x'), { 'cache-control': 'no-store' });
    await gateway.held(1);
    await gateway.settle(await gateway.collect());
    // Nothing was announced; the private row goes after its grace.
    expect(await gateway.stores.requests.removeExpired(gateway.clock.now() + 3_600_001, 10)).toBe(1);
    gateway.gateway.outcomes.resync();
    const response = await call;
    expect(response.status).toBe(503);
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(await response.json()).toMatchObject({ error: { code: 'outcome_lost' } });
  });
});

describe('bounds', () => {
  test('one waiter too many is told to come again', async () => {
    await using small = await startTestGateway({ serving: { maxCalls: 2 } });
    const calls = [small.post(chat('a')), small.post(chat('b'))];
    await small.held(2);
    const refused = await small.post(chat('c'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.json()).toMatchObject({ error: { code: 'too_many_waiters' } });
    await small.finish();
    await Promise.all(calls);
    const next = small.post(chat('c'));
    await small.held(1);
    await small.finish();
    expect((await next).status).toBe(200);
  });
});

describe('shutdown', () => {
  test('answers what can be answered, then tells the rest to come again', async () => {
    const calls = [gateway.post(chat('in time')), gateway.post(chat('too late'))];
    await gateway.held(2);
    const batch = await gateway.collect();
    const closed = gateway.close();
    const [key] = batch.keys;
    if (key === undefined) throw new Error('nothing was collected');
    await gateway.settle({ id: batch.id, keys: [key] });
    gateway.gateway.outcomes.look([key]);
    await gateway.held(1);
    await gateway.clock.advance(10_000);
    await closed;
    const answers = await Promise.all(calls);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 503]);
    const late = answers.find((answer) => answer.status === 503);
    expect(late?.headers.get('x-should-retry')).toBe('true');
    expect(await late?.json()).toMatchObject({ error: { code: 'shutting_down' } });
    await expect(gateway.get('/v1/batches')).rejects.toThrow();
  });
});
