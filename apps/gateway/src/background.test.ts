import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deletedResponse, responseObject, tenantId, type RequestKey, type ResponseObject } from '@batch-gpt/contracts';
import { sampleBatch } from '@batch-gpt/testing';
import OpenAI, { BadRequestError, ConflictError, NotFoundError } from 'openai';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const tenant = tenantId.parse('default');
const client = () => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries: 0 });
const call = { model: 'gpt-5', input: 'hi' };
const begin = (more: Record<string, unknown> = {}) => client().responses.create({ ...call, ...more, background: true });
const show = (id: string) => client().responses.retrieve(id);
const post = (more: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  gateway.post({ ...call, background: true, ...more }, headers, '/v1/responses');
const read = async (response: Response) => responseObject.parse(await response.json());

/** What the provider says; the number is longer than a double holds. */
const answer = (change: Record<string, unknown> = {}) =>
  JSON.stringify({
    id: 'resp_of_the_provider',
    object: 'response',
    created_at: 1,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    metadata: { of: 'another call' },
    model: 'gpt-5-2026',
    output: [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [text('hello')] }],
    usage: { total_tokens: 3 },
    ...change,
  }).replace('"total_tokens":3', '"total_tokens":9007199254740993');
const text = (words: string) => ({ type: 'output_text', text: words, annotations: [], logprobs: [] });
const finish = (change: Record<string, unknown> = {}) => gateway.finish({ body: answer(change) });
const failure = { error: { message: 'No such model.', type: 'invalid_request_error', param: 'model', code: 'gone' } };
const failed = { kind: 'failed', status: 400, body: JSON.stringify(failure), shareable: false } as const;
const keyOf = async (id: string): Promise<RequestKey> => {
  const key = (await gateway.stores.ownedIds.find(tenant, id))?.key ?? null;
  if (key === null) throw new Error('no such id');
  return key;
};
/** Resolves once its answer counts as delivered: the same call then asks anew. */
const delivered = async (id: string) => {
  const key = await keyOf(id);
  for (;;) {
    const row = (await gateway.stores.requests.lookup([key])).rows.get(key);
    if (row?.state === 'done' && row.delivered) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
};
const purge = async (id: string) => gateway.stores.cache.purge({ keys: [await keyOf(id)] }, 1);

describe('polled by the official client', () => {
  test('queued, in progress, completed: one id, its own fields, the answer as it came', async () => {
    const queued = await begin({ instructions: 'be brief', metadata: { mine: 'yes' }, temperature: 0.5 });
    expect(queued.id).toMatch(/^resp_[0-9a-f]{32}$/);
    expect(queued).toMatchObject({
      status: 'queued',
      background: true,
      output: [],
      output_text: '',
      instructions: 'be brief',
      metadata: { mine: 'yes' },
      temperature: 0.5,
      tools: [],
      tool_choice: 'auto',
      store: true,
    });
    expect(await show(queued.id)).toMatchObject({ id: queued.id, status: 'queued', created_at: queued.created_at });
    const batch = await gateway.collect();
    expect(await show(queued.id)).toMatchObject({ status: 'in_progress', instructions: 'be brief' });
    await gateway.settle(batch, { body: answer() });
    expect(await show(queued.id)).toMatchObject({
      id: queued.id,
      status: 'completed',
      background: true,
      model: 'gpt-5-2026',
      metadata: { mine: 'yes' },
      output_text: 'hello',
    });
    const raw = await (await gateway.get(`/v1/responses/${queued.id}`)).text();
    expect(raw).toContain('"total_tokens":9007199254740993');
    expect(raw).not.toMatch(/resp_of_the_provider|another call/);
  });

  test('a failure is a failed response that says why', async () => {
    const { id } = await begin();
    await gateway.finish(failed);
    expect(await show(id)).toMatchObject({ id, status: 'failed', error: { code: 'gone', message: 'No such model.' } });
  });

  test('an incomplete one stays what it is', async () => {
    const { id } = await begin();
    await finish({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
    expect(await show(id)).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } });
  });

  test('a batch in trouble fails it for now, an answer that comes late is shown', async () => {
    const { id } = await begin();
    const batch = await gateway.collect();
    const trouble = { status: 502, code: 'batch_lost', message: 'Lost.', param: null, type: 'server_error' };
    await gateway.stores.batches.insert({ ...sampleBatch(1, { tenant, state: 'submitted', trouble }), id: batch.id });
    expect(await show(id)).toMatchObject({ status: 'failed', error: { code: 'batch_lost', message: 'Lost.' } });
    await gateway.settle(batch, { body: answer() });
    expect((await show(id)).status).toBe('completed');
  });

  test('a stored answer is there at once, under an id of its own', async () => {
    const first = await begin();
    await finish();
    const second = await begin({ metadata: { n: '2' } });
    expect(second).toMatchObject({ status: 'completed', metadata: { n: '2' }, output_text: 'hello' });
    expect(second.id).not.toBe(first.id);
    expect(await show(second.id)).toMatchObject({ status: 'completed', metadata: { n: '2' } });
  });

  test('identical calls share one line and have an id each', async () => {
    const ids = new Set((await Promise.all([begin(), begin(), begin()])).map(({ id }) => id));
    expect(ids.size).toBe(3);
    expect((await gateway.collect()).keys).toHaveLength(1);
  });
});

describe('an Idempotency-Key', () => {
  const named = async (headers: Record<string, string> = {}) =>
    read(await post({}, { 'idempotency-key': 'mine', ...headers }));

  test('stands for one response, which its call repeated is shown as it is', async () => {
    const [first, twin] = await Promise.all([named(), named()]);
    expect(twin.id).toBe(first.id);
    expect(first.status).toBe('queued');
    await finish();
    expect(await named()).toMatchObject({ id: first.id, status: 'completed' });
    expect((await read(await post({}, { 'idempotency-key': 'another' }))).id).not.toBe(first.id);
    await gateway.clock.advance(24 * 3_600_000 + 1);
    expect((await named()).id).not.toBe(first.id);
    expect((await show(first.id)).status).toBe('completed');
  });

  test('stands for a cancelled one too, until its request runs again', async () => {
    const alone = { 'cache-control': 'no-cache' };
    const first = await named(alone);
    await client().responses.cancel(first.id);
    expect(await named(alone)).toMatchObject({ id: first.id, status: 'cancelled' });
    await gateway.clock.advance(3_600_000);
    const second = await named(alone);
    expect(second.status).toBe('queued');
    expect(second.id).not.toBe(first.id);
    expect((await show(first.id)).status).toBe('cancelled');
  });
});

describe('headers', () => {
  test('say which request it is, and that nobody held the connection', async () => {
    const response = await post();
    expect(response.status).toBe(200);
    const { id } = await read(response);
    expect(response.headers.get('batch-request-id')).toBe(await keyOf(id));
    expect(response.headers.get('cache-status')).toBe('batch-gpt; fwd=uri-miss; stored');
  });

  test('only-if-cached is answered from what is stored, or not at all', async () => {
    expect((await post({}, { 'cache-control': 'only-if-cached' })).status).toBe(404);
    expect((await gateway.collect()).keys).toEqual([]);
    await begin();
    await finish();
    expect(await read(await post({}, { 'cache-control': 'only-if-cached' }))).toMatchObject({ status: 'completed' });
  });

  test('Prefer changes nothing', async () => {
    expect(await read(await post({}, { prefer: 'wait=100' }))).toMatchObject({ status: 'queued' });
  });
});

describe('its answer', () => {
  test('stays after the cache was purged, once it was seen', async () => {
    const [seen, unseen] = [await begin(), await begin()];
    await finish();
    const completed = await show(seen.id);
    await purge(seen.id);
    expect(await show(seen.id)).toEqual(completed);
    expect(await show(unseen.id)).toMatchObject({ status: 'failed', error: { code: 'response_expired' } });
  });

  test('stays when an identical call runs the request again', async () => {
    const { id } = await begin();
    await finish();
    await show(id);
    const again = await read(await post({}, { 'cache-control': 'no-cache' }));
    expect(again.status).toBe('queued');
    expect(await show(id)).toMatchObject({ status: 'completed', output_text: 'hello' });
    await finish({ output: [], id: 'resp_another' });
    expect((await show(id)).output_text).toBe('hello');
    expect((await show(again.id)).output).toEqual([]);
  });

  test('that nobody saw is the old one until the request has run again', async () => {
    const { id } = await begin();
    await gateway.clock.advance(1000);
    await finish();
    await gateway.clock.advance(1000);
    const again = await read(await post({}, { 'cache-control': 'no-cache' }));
    expect((await show(again.id)).status).toBe('queued');
    expect((await show(id)).status).toBe('completed');
  });

  test('that depends on state at the provider is another one for every call', async () => {
    const stateful = { conversation: 'conv_1' };
    const first = await begin(stateful);
    expect(first.conversation).toEqual({ id: 'conv_1' });
    await gateway.finish({ body: answer(), shareable: false });
    await show(first.id);
    await delivered(first.id);
    const second = await begin(stateful);
    expect(second.status).toBe('queued');
    await gateway.finish({ body: answer({ output: [] }), shareable: false });
    expect((await show(second.id)).output).toEqual([]);
    expect((await show(first.id)).output_text).toBe('hello');
  });

  test('of a call that stores nothing is gone with its row', async () => {
    const { id } = await read(await post({}, { 'cache-control': 'no-store' }));
    await finish();
    expect((await show(id)).status).toBe('completed');
    expect(await gateway.stores.ownedIds.find(tenant, `${id}.answer`)).toBeNull();
    await purge(id);
    expect(await show(id)).toMatchObject({ status: 'failed', error: { code: 'response_expired' } });
  });

  test('of such a call waits for a day to be polled', async () => {
    const { id } = await read(await post({}, { 'cache-control': 'no-store' }));
    await finish();
    const key = await keyOf(id);
    const row = (await gateway.stores.requests.lookup([key])).rows.get(key);
    expect(row?.state === 'done' && row.expiresAt - row.doneAt).toBe(86_400_000);
  });

  test('that is very large lives with its row', async () => {
    const { id } = await begin();
    await finish({ output: [{ id: 'msg_1', type: 'message', content: [text('x'.repeat(300_000))] }] });
    expect((await show(id)).output_text).toHaveLength(300_000);
    expect(await gateway.stores.ownedIds.find(tenant, `${id}.answer`)).toBeNull();
  });

  test('that is no object, or nests too deep, is a failure', async () => {
    const odd = await begin();
    await gateway.finish({ body: '[1]' });
    expect(await show(odd.id)).toMatchObject({ status: 'failed', error: { code: 'provider_refused' } });
    const deep = await begin({ input: 'deep' });
    await gateway.finish({ body: `${'['.repeat(2000)}${']'.repeat(2000)}` });
    expect(await show(deep.id)).toMatchObject({ status: 'failed', error: { code: 'provider_refused' } });
  });
});

describe('what is repeated of a call', () => {
  test('is bounded: a large field shows its default', async () => {
    const { instructions, metadata } = await begin({ instructions: 'x'.repeat(70_000), metadata: { a: 'b' } });
    expect({ instructions, metadata }).toEqual({ instructions: null, metadata: { a: 'b' } });
  });

  test('never is its input', async () => {
    const { id } = await begin({ input: 'a secret question' });
    expect(await (await gateway.get(`/v1/responses/${id}`)).text()).not.toContain('secret');
    expect(JSON.stringify(await gateway.stores.ownedIds.find(tenant, id))).not.toContain('secret');
  });

  test('keeps numbers of any length', async () => {
    const body = `{"model":"gpt-5","input":"hi","background":true,"max_output_tokens":9007199254740993}`;
    const response = await gateway.post(body, {}, '/v1/responses');
    const queued = await response.text();
    expect(queued).toContain('"max_output_tokens":9007199254740993');
    const { id } = JSON.parse(queued) as { id: string };
    expect(await (await gateway.get(`/v1/responses/${id}`)).text()).toBe(queued);
  });
});

describe('cancelling', () => {
  test('marks the id; the request goes on for others', async () => {
    const { id } = await begin();
    expect(await client().responses.cancel(id)).toMatchObject({ id, status: 'cancelled', output: [] });
    expect(await client().responses.cancel(id)).toMatchObject({ id, status: 'cancelled' });
    const other = await begin();
    await finish();
    expect((await show(id)).status).toBe('cancelled');
    expect((await show(other.id)).status).toBe('completed');
  });

  test('works while it is in progress', async () => {
    const { id } = await begin();
    const batch = await gateway.collect();
    expect((await client().responses.cancel(id)).status).toBe('cancelled');
    await gateway.settle(batch);
    expect((await show(id)).status).toBe('cancelled');
  });

  test('ends a request that is this response’s alone', async () => {
    const { id } = await read(await post({}, { 'cache-control': 'no-store' }));
    expect((await client().responses.cancel(id)).status).toBe('cancelled');
    expect((await gateway.collect()).keys).toEqual([]);
    expect((await show(id)).status).toBe('cancelled');
  });

  test('what has ended is shown as it is', async () => {
    const { id } = await begin();
    await finish();
    expect(await client().responses.cancel(id)).toMatchObject({ id, status: 'completed' });
    expect((await show(id)).output_text).toBe('hello');
  });

  test('a request that its owner cancelled is a failed response', async () => {
    const { id } = await begin();
    await gateway.get(`/v1/requests/${await keyOf(id)}`, { method: 'DELETE' });
    expect(await show(id)).toMatchObject({ status: 'failed', error: { code: 'request_cancelled' } });
  });
});

test('deleting forgets the id and its answer', async () => {
  const { id } = await begin();
  await finish();
  await show(id);
  const response = await gateway.get(`/v1/responses/${id}`, { method: 'DELETE' });
  expect(deletedResponse.parse(await response.json())).toEqual({ id, object: 'response', deleted: true });
  for (const known of [id, `${id}.answer`]) expect(await gateway.stores.ownedIds.find(tenant, known)).toBeNull();
  await expect(client().responses.delete(id)).rejects.toBeInstanceOf(NotFoundError);
  await expect(show(id)).rejects.toBeInstanceOf(NotFoundError);
});

describe('ids', () => {
  test('of others are like unknown ones, in every route', async () => {
    const { id } = await begin();
    const owned = await gateway.stores.ownedIds.find(tenant, id);
    if (owned === null) throw new Error('no such id');
    const foreign = `resp_${'f'.repeat(32)}`;
    await gateway.stores.ownedIds.insert([{ ...owned, id: foreign, tenant: tenantId.parse('other') }]);
    const relayed = `resp_${'e'.repeat(32)}`;
    await gateway.stores.ownedIds.insert([{ ...owned, id: relayed, kind: 'relayed', key: null, text: null }]);
    const ids = [foreign, relayed, `resp_${'d'.repeat(32)}`, 'resp_x', `${id}.answer`];
    for (const [method, end] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/cancel'],
    ] as const) {
      const told = await Promise.all(
        ids.map(async (one) => {
          const response = await gateway.get(`/v1/responses/${one}${end}`, { method });
          return [response.status, (await response.text()).replaceAll(one, '')];
        }),
      );
      for (const one of told) expect(one).toEqual(told[0]);
      expect(told[0]).toEqual([404, expect.stringContaining('response_not_found')]);
    }
    expect((await show(id)).status).toBe('queued');
  });

  test('end with their time', async () => {
    const { id } = await begin();
    await gateway.clock.advance(30 * 86_400_000 - 1);
    expect((await show(id)).status).toBe('queued');
    await gateway.clock.advance(1);
    await expect(show(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('are durable before they are told: no id without a store', async () => {
    const insert = gateway.stores.ownedIds.insert.bind(gateway.stores.ownedIds);
    let stored = 0;
    const slow: typeof insert = async (ids) => {
      await insert(ids);
      stored += ids.length;
    };
    Object.assign(gateway.stores.ownedIds, { insert: slow });
    await begin();
    expect(stored).toBe(1);
    gateway.stores.setAway(true);
    expect((await post({ input: 'another' })).status).toBe(503);
    gateway.stores.setAway(false);
  });
});

describe('going on from a background response', () => {
  const lineOf = async () => {
    const { id, keys } = await gateway.collect();
    const [member] = await gateway.stores.requests.memberBodies(id, null, 1, 100_000);
    return { keys, id, body: JSON.parse(member?.body ?? '{}') as Record<string, unknown> };
  };

  test('the provider is told its own id, and the caller reads his', async () => {
    const first = await begin();
    await finish();
    const next = await begin({ previous_response_id: first.id });
    expect(next.previous_response_id).toBe(first.id);
    const line = await lineOf();
    expect(line.body['previous_response_id']).toBe('resp_of_the_provider');
    await gateway.settle(line, {
      body: answer({ id: 'resp_next', previous_response_id: 'resp_of_the_provider' }),
      shareable: false,
    });
    expect(await show(next.id)).toMatchObject({ id: next.id, previous_response_id: first.id });
  });

  test('a call that waits goes on from it too', async () => {
    const first = await begin();
    await finish();
    const waiting = client().responses.create({ ...call, previous_response_id: first.id });
    await gateway.held(1);
    const line = await lineOf();
    expect(line.body['previous_response_id']).toBe('resp_of_the_provider');
    await gateway.settle(line, { body: answer(), shareable: false });
    gateway.gateway.outcomes.look(line.keys);
    await waiting;
  });

  test('one that has not ended, or without an answer, is a clear refusal', async () => {
    const first = await begin();
    const early: unknown = await begin({ previous_response_id: first.id }).catch((error: unknown) => error);
    expect(early).toBeInstanceOf(ConflictError);
    expect(early).toMatchObject({ param: 'previous_response_id' });
    await gateway.finish(failed);
    const late: unknown = await begin({ previous_response_id: first.id }).catch((error: unknown) => error);
    expect(late).toBeInstanceOf(BadRequestError);
    expect((late as Error).message).toContain('it is failed');
  });

  test.each(['resp_of_the_provider', `resp_${'0'.repeat(32)}`])('%s is passed on', async (id) => {
    await begin({ previous_response_id: id });
    expect((await lineOf()).body['previous_response_id']).toBe(id);
  });
});

describe('refused', () => {
  test('what is not to be stored, in the background', async () => {
    const response = await post({ store: false });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'unsupported_value', param: 'store' } });
  });

  test('a chat in the background', async () => {
    const response = await gateway.post({ model: 'm', messages: [{ role: 'user', content: 'x' }], background: true });
    expect(await response.json()).toMatchObject({ error: { param: 'background' } });
  });
});

describe('streamed by its id', () => {
  const stream = async (id: string, more: Record<string, number> = {}) => {
    const events = [];
    for await (const event of await client().responses.retrieve(id, { stream: true, ...more })) events.push(event);
    return events;
  };

  test('once it has ended, from wherever its reader was', async () => {
    const { id } = await begin();
    await finish();
    const events = await stream(id);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events[0]).toMatchObject({ type: 'response.created', response: { id } });
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id, status: 'completed' } });
    expect(await stream(id, { starting_after: 3 })).toEqual(events.slice(4));
  });

  test('while it is made: told what is known, kept alive, then the rest', async () => {
    const { id } = await begin();
    const whole = stream(id);
    const later = stream(id, { starting_after: 0 });
    await gateway.held(2);
    await gateway.clock.advance(60_000);
    await finish();
    const events = await whole;
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'response.created', sequence_number: 0, response: { id, status: 'queued' } },
      { type: 'response.queued', sequence_number: 1, response: { id, status: 'queued' } },
      { type: 'response.in_progress', sequence_number: 2, response: { id, status: 'in_progress' } },
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id, status: 'completed' } });
    expect(await later).toEqual(events.slice(1));
    const again = await stream(id);
    expect(again.map(({ type }) => type)).toEqual(events.map(({ type }) => type));
    expect(again.slice(3)).toEqual(events.slice(3));
  });

  test('is in progress once it is in a batch, and over when it is cancelled', async () => {
    const { id } = await begin();
    const events = stream(id);
    await gateway.held(1);
    await gateway.collect();
    await gateway.clock.advance(60_000);
    await client().responses.cancel(id);
    await gateway.clock.advance(60_000);
    expect((await events).map(({ type }) => type)).toEqual([
      'response.created',
      'response.queued',
      'response.in_progress',
      'response.incomplete',
    ]);
  });

  test('at once, by the call that makes it', async () => {
    const events = client().responses.create({ ...call, background: true, stream: true });
    const seen: OpenAI.Responses.ResponseStreamEvent[] = [];
    const reading = events.then(async (all) => {
      for await (const event of all) seen.push(event);
    });
    await gateway.held(1);
    await finish();
    await reading;
    const [first] = seen;
    const last = seen.at(-1);
    if (first?.type !== 'response.created' || last?.type !== 'response.completed') throw new Error('no such events');
    expect(first.response.status).toBe('queued');
    expect(last.response.id).toBe(first.response.id);
    expect(await client().responses.retrieve(first.response.id)).toMatchObject(last.response);
  });

  test('without a last event where the gateway stops: its reader goes on elsewhere', async () => {
    const { id } = await begin();
    const events = stream(id);
    await gateway.held(1);
    gateway.gateway.drain();
    expect((await events).map(({ type }) => type)).toEqual(['response.created', 'response.queued']);
  });

  test('no more once its reader is gone', async () => {
    const { id } = await begin();
    const before = gateway.clock.pending();
    const gone = new AbortController();
    const response = await gateway.get(`/v1/responses/${id}?stream=true`, { signal: gone.signal });
    await gateway.held(1);
    gone.abort();
    await expect(response.text()).rejects.toThrow();
    await gateway.held(0);
    expect(gateway.clock.pending()).toBe(before);
  });

  test('starting_after is a number', async () => {
    const { id } = await begin();
    await finish();
    expect((await gateway.get(`/v1/responses/${id}?stream=true&starting_after=x`)).status).toBe(400);
  });
});

test('a cancelled or failed response is one that clients know', async () => {
  const states: ResponseObject['status'][] = [];
  const { id } = await begin();
  await client().responses.cancel(id);
  states.push(
    await gateway
      .get(`/v1/responses/${id}`)
      .then(read)
      .then(({ status }) => status),
  );
  const other = await begin({ input: 'b' });
  await gateway.finish(failed);
  states.push(
    await gateway
      .get(`/v1/responses/${other.id}`)
      .then(read)
      .then(({ status }) => status),
  );
  expect(states).toEqual(['cancelled', 'failed']);
});
