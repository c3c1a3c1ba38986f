import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Account } from '@batch-gpt/accounts';
import { createSimulator, type Simulator } from '@batch-gpt/simulator';
import { eventually } from '@batch-gpt/testing';
import OpenAI, { toFile } from 'openai';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { sampleProviderAccount } from './testing/sample-provider-account.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { startUpstream, type Upstream } from './testing/start-upstream.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const keys = (settings: Readonly<Record<string, unknown>> = {}) =>
  createManualApiKeys(sampleKeysFile({ ours: {}, theirs: {}, narrow: settings }));
const start = async (accounts: readonly Account[], settings: Readonly<Record<string, unknown>> = {}) =>
  stack.use(await startTestGateway({ accounts, apiKeys: keys(settings) }));
const bearer = (tenant: string) => ({ authorization: `Bearer ${secretOf(tenant)}` });
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe('two tenants on one account', () => {
  let simulator: Simulator;
  let gateway: TestGateway;
  beforeEach(async () => {
    simulator = await createSimulator({ settings: { validatingMs: 1, inProgressMs: 5, finalizingMs: 1 } });
    stack.defer(() => simulator.close());
    gateway = await start([sampleProviderAccount(simulator.baseUrl)]);
  });

  const client = (tenant: string) =>
    new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: secretOf(tenant), maxRetries: 0 });
  const get = (tenant: string, path: string, init: RequestInit = {}) =>
    gateway.get(path, { ...init, headers: bearer(tenant) });
  const line = JSON.stringify({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: chat('hi') });
  const upload = async (tenant: string, name = 'one.jsonl') =>
    client(tenant).files.create({ file: await toFile(Buffer.from(`${line}\n`), name), purpose: 'batch' });
  const order = (input: string) => ({
    input_file_id: input,
    endpoint: '/v1/chat/completions' as const,
    completion_window: '24h' as const,
  });

  test('each has its files, and nobody else’s', async () => {
    const [ours, theirs] = [await upload('ours'), await upload('theirs')];
    for (const path of [`/v1/files/${theirs.id}`, `/v1/files/${theirs.id}/content`, '/v1/files/file-none']) {
      const answer = await get('ours', path);
      expect(answer.status).toBe(404);
      expect(await codeOf(answer)).toBe('object_not_found');
    }
    expect((await get('ours', `/v1/files/${theirs.id}`, { method: 'DELETE' })).status).toBe(404);
    expect(await client('ours').files.retrieve(ours.id)).toMatchObject({ id: ours.id });
    expect(await client('theirs').files.retrieve(theirs.id)).toMatchObject({ id: theirs.id });
  });

  test('a list goes on over everything that is somebody else’s', async () => {
    const ours: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      ours.unshift((await upload('ours')).id);
      await upload('theirs');
      await upload('theirs');
    }
    const seen: string[] = [];
    for await (const { id } of client('ours').files.list({ limit: 2 })) seen.push(id);
    expect(seen).toEqual(ours);
    expect(await (await get('ours', '/v1/files?limit=2')).json()).toMatchObject({
      data: [{ id: ours[0] }, { id: ours[1] }],
      ...{ first_id: ours[0], last_id: ours[1], has_more: true },
    });
    expect(await (await get('narrow', '/v1/files')).json()).toMatchObject({
      ...{ data: [], first_id: null, last_id: null, has_more: false },
    });
    const foreign = await upload('theirs');
    expect((await get('ours', `/v1/files?after=${foreign.id}`)).status).toBe(400);
  });

  test('a batch and what it makes are its owner’s, on our own routes too', async () => {
    const { id: input } = await upload('ours');
    const refused = await client('theirs')
      .batches.create(order(input))
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 404, code: 'object_not_found' });

    const { id } = await client('ours').batches.create(order(input));
    const done = await eventually(async () => {
      const batch = await client('ours').batches.retrieve(id);
      return batch.status === 'completed' && batch;
    });
    const output = done.output_file_id ?? '';
    expect(await (await client('ours').files.content(output)).text()).toContain('"custom_id":"a"');
    expect((await get('theirs', `/v1/batches/${id}`)).status).toBe(404);
    expect((await get('theirs', `/v1/batches/${id}/cancel`, { method: 'POST' })).status).toBe(404);
    expect((await get('theirs', `/v1/files/${output}/content`)).status).toBe(404);
    expect((await client('ours').files.list()).data.map((file) => file.id).sort()).toEqual([input, output].sort());
  });

  test('a response of a realtime call is its owner’s, and only theirs to go on from', async () => {
    const { id } = await client('ours').responses.create({ model: 'gpt-4o-mini', input: 'a', service_tier: 'fast' });
    expect(await client('ours').responses.retrieve(id)).toMatchObject({ id });
    expect((await get('theirs', `/v1/responses/${id}`)).status).toBe(404);
    const goOn = (tenant: string) =>
      gateway.post(
        { model: 'gpt-4o-mini', input: 'b', service_tier: 'fast', previous_response_id: id },
        bearer(tenant),
        '/v1/responses',
      );
    const refused = await goOn('theirs');
    expect(refused.status).toBe(404);
    expect(await codeOf(refused)).toBe('object_not_found');
    expect((await goOn('ours')).status).toBe(200);
  });

  test('a batch takes nobody to a file of somebody else', async () => {
    const { id } = await upload('ours');
    const reads = { type: 'input_file', file_id: id };
    const searches = { type: 'code_interpreter', container: { type: 'auto', file_ids: [id] } };
    const ask = (tenant: string, change: object) =>
      gateway.post(
        { model: 'gpt-4o-mini', input: 'look', ...change },
        { ...bearer(tenant), prefer: 'respond-async' },
        '/v1/responses',
      );
    for (const change of [{ input: [{ role: 'user', content: [reads] }] }, { tools: [searches] }]) {
      const refused = await ask('theirs', change);
      expect(refused.status).toBe(404);
      expect(await codeOf(refused)).toBe('object_not_found');
      expect((await ask('ours', change)).status).toBe(202);
    }
    expect((await ask('theirs', { previous_response_id: 'resp_of_nobody' })).status).toBe(404);
    expect(await (await get('theirs', '/v1/requests')).json()).toMatchObject({ data: [] });
  });

  test.each([
    ['held', {}],
    ['streamed', { stream: true }],
    ['polled', {}],
  ])('a response that came back in a batch, %s, is its owner’s to go on from', async (how, change) => {
    const headers = { ...bearer('ours'), ...(how === 'polled' ? { prefer: 'respond-async' } : {}) };
    const asked = gateway.post({ model: 'gpt-4o-mini', input: 'a', ...change }, headers, '/v1/responses');
    if (how === 'polled') await gateway.announced(1);
    else await gateway.held(1);
    const id = `resp_${how}_in_a_batch`;
    const output = [{ id: `msg_${how}`, type: 'message', role: 'assistant', content: [] }];
    await gateway.finish({ body: JSON.stringify({ id, object: 'response', status: 'completed', output }) });
    const answer = await asked;
    if (how === 'polled') await get('ours', answer.headers.get('location') ?? '');
    else expect(await answer.text()).toContain(id);

    const goOn = (tenant: string, from: object) =>
      gateway.post(
        { model: 'gpt-4o-mini', input: 'b', ...from },
        { ...bearer(tenant), prefer: 'respond-async' },
        '/v1/responses',
      );
    const item = { id: `msg_${how}` };
    const ways = [{ previous_response_id: id }, { input: [item] }, { input: [{ ...item, type: 'item_reference' }] }];
    for (const from of ways) {
      const refused = await goOn('theirs', from);
      expect(refused.status).toBe(404);
      expect(await codeOf(refused)).toBe('object_not_found');
      expect((await goOn('ours', from)).status).toBe(202);
    }
    // Nobody’s, as far as is known: an item of a realtime call, for one.
    expect((await goOn('theirs', { input: [{ id: 'msg_of_nobody', type: 'item_reference' }] })).status).toBe(202);
    expect(await codeOf(await get('theirs', `/v1/responses/${id}`))).toBe('response_not_found');
    // Owned, so the provider is asked; this one never heard of it.
    expect(await codeOf(await get('ours', `/v1/responses/${id}`))).not.toBe('response_not_found');
  });

  test('so it is with the items of a background response', async () => {
    const call = { model: 'gpt-4o-mini', input: 'a', background: true };
    const { id } = await client('ours').responses.create(call);
    const item = { id: 'msg_background', type: 'message', role: 'assistant', content: [] };
    const body = JSON.stringify({
      id: 'resp_at_the_provider',
      object: 'response',
      status: 'completed',
      output: [item],
    });
    await gateway.finish({ body });
    expect(await client('ours').responses.retrieve(id)).toMatchObject({ id, output: [{ id: item.id }] });
    const goOn = (tenant: string) =>
      client(tenant).responses.create({ ...call, input: [{ type: 'item_reference', id: item.id }] });
    await expect(goOn('theirs')).rejects.toMatchObject({ status: 404, code: 'object_not_found' });
    expect(await goOn('ours')).toMatchObject({ status: 'queued' });
  });
});

describe('what the provider never hears of', () => {
  let upstream: Upstream;
  beforeEach(async () => {
    upstream = stack.use(
      await startUpstream((req, res) => {
        req.resume();
        res.writeHead(200, { 'content-type': 'application/json' });
        res.end(JSON.stringify({ id: 'vs_1', object: 'vector_store', seen: req.url }));
      }),
    );
  });
  const shared = () => start([sampleProviderAccount(upstream.baseUrl)]);

  test.each([
    ['GET', '/v1/vector_stores/vs_foreign'],
    ['GET', '/v1/vector_stores/vs_foreign/files'],
    ['POST', '/v1/vector_stores/vs_foreign/search'],
    ['DELETE', '/v1/vector_stores/vs_foreign'],
    ['GET', '/v1/FILES'],
    ['GET', '/v1/organization/admin_api_keys'],
    ['POST', '/v1/realtime/client_secrets'],
    ['POST', '/v1/an_endpoint_of_tomorrow'],
    ['DELETE', '/v1/files'],
    ['HEAD', '/v1/files'],
  ])('%s %s', async (method, path) => {
    const gateway = await shared();
    const answer = await gateway.get(path, { method, headers: bearer('ours') });
    expect([404, 405]).toContain(answer.status);
    expect(upstream.seen).toEqual([]);
  });

  test.each([
    ['a field', { file_id: 'file-foreign' }],
    ['a list', { file_ids: ['file-foreign'] }],
    ['deep inside', { input: [{ content: [{ type: 'input_file', file_id: 'file-foreign' }] }] }],
    ['tools', { tools: [{ type: 'file_search', vector_store_ids: ['vs_foreign'] }] }],
    ['an object', { conversation: { id: 'conv_foreign' } }],
    ['a source', { data_source: { source: { type: 'file_id', id: 'file-foreign' } } }],
  ])('a body that refers to what is not the tenant’s: %s', async (_, body) => {
    const gateway = await shared();
    const answer = await gateway.post(body, bearer('ours'), '/v1/vector_stores');
    expect(answer.status).toBe(404);
    expect(await codeOf(answer)).toBe('object_not_found');
    expect(upstream.seen).toEqual([]);
  });

  test('a body that only looks as if it did goes through, and is not changed', async () => {
    const gateway = await shared();
    const body = '{ "name":"x", "n": 1.0, "metadata": {"file_id": "file-foreign"}, "container": "auto" }';
    expect((await gateway.post(body, bearer('ours'), '/v1/vector_stores')).status).toBe(200);
    expect(upstream.seen[0]?.headers['content-length']).toBe(String(body.length));
  });

  test('a body that is neither JSON nor a form', async () => {
    const gateway = await shared();
    const headers = { ...bearer('ours'), 'content-type': 'text/plain' };
    expect((await gateway.post('{"file_id":"file-foreign"}', headers, '/v1/vector_stores')).status).toBe(415);
    expect(upstream.seen).toEqual([]);
  });

  test.each([206, 203])('a list of status %d is not shown', async (status) => {
    const text = JSON.stringify({ object: 'list', data: [{ id: 'file-foreign' }], has_more: false });
    const partial = stack.use(
      await startUpstream((_req, res) => res.writeHead(status, { 'content-type': 'application/json' }).end(text)),
    );
    const gateway = await start([sampleProviderAccount(partial.baseUrl)]);
    const answer = await gateway.get('/v1/files', { headers: { ...bearer('ours'), range: 'bytes=0-9' } });
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('foreign');
  });

  test('what was deleted is forgotten, what was only detached is not', async () => {
    const gateway = await shared();
    await gateway.post({}, bearer('ours'), '/v1/vector_stores');
    const path = '/v1/vector_stores/vs_1';
    const call = (method: string, rest = '') => gateway.get(path + rest, { method, headers: bearer('ours') });
    expect((await call('DELETE', '/files/file-1')).status).toBe(200);
    expect((await call('GET')).status).toBe(200);
    expect((await call('DELETE')).status).toBe(200);
    expect((await call('GET')).status).toBe(404);
  });

  test('a tenant alone on its account sees everything that is there', async () => {
    const alone = { name: 'ours', tenants: ['ours'], key: 'sk-of-ours-alone' };
    const gateway = await start([sampleProviderAccount(null), sampleProviderAccount(upstream.baseUrl, alone)]);
    const answer = await gateway.get('/v1/vector_stores/vs_older', { headers: bearer('ours') });
    expect(answer.status).toBe(200);
    expect(upstream.seen[0]?.headers.authorization).toBe('Bearer sk-of-ours-alone');
    const without = await gateway.get('/v1/vector_stores/vs_older', { headers: bearer('theirs') });
    expect(without.status).toBe(502);
    expect(await codeOf(without)).toBe('account_missing');
  });

  test('but not where another account opens with the same key', async () => {
    const named = (name: string) => sampleProviderAccount(upstream.baseUrl, { name, tenants: [name] });
    const gateway = await start([named('ours'), named('theirs')]);
    expect((await gateway.get('/v1/vector_stores/vs_older', { headers: bearer('ours') })).status).toBe(404);
  });

  describe('a key that may do less', () => {
    const narrow = (settings: Readonly<Record<string, unknown>>) =>
      start([sampleProviderAccount(upstream.baseUrl)], settings);

    test('relays nothing without the mode realtime', async () => {
      const gateway = await narrow({ modes: ['sync', 'async'] });
      const relayed = await gateway.get('/v1/files', { headers: bearer('narrow') });
      const realtime = await gateway.post(chat('a'), { ...bearer('narrow'), 'batch-mode': 'realtime' });
      for (const answer of [relayed, realtime]) {
        expect(answer.status).toBe(403);
        expect(await codeOf(answer)).toBe('mode_not_allowed');
      }
      expect(upstream.seen).toEqual([]);
    });

    test('makes no more than it may in a minute, and looks at what it has all the same', async () => {
      const gateway = await narrow({ limits: { requestsPerMinute: 2 } });
      const make = () => gateway.post({}, bearer('narrow'), '/v1/vector_stores');
      const ask = () => gateway.post(chat('a'), { ...bearer('narrow'), 'batch-mode': 'realtime' });
      expect((await make()).status).toBe(200);
      expect((await ask()).status).toBe(200);
      for (const call of [make(), ask()]) expect(await codeOf(await call)).toBe('rate_limit_exceeded');
      const looked = await gateway.get('/v1/vector_stores/vs_1', { headers: bearer('narrow') });
      expect(looked.status).toBe(200);
      expect(upstream.seen).toHaveLength(3);
    });

    test('names no other model, in a body, a form or a batch', async () => {
      const gateway = await narrow({ models: ['gpt-4o-mini'] });
      const form = new FormData();
      form.set('model', 'gpt-image-1');
      const calls = [
        gateway.post({ model: 'tts-1', input: 'a' }, bearer('narrow'), '/v1/audio/speech'),
        gateway.post(chat('a', { model: 'gpt-6-luna' }), { ...bearer('narrow'), 'batch-mode': 'realtime' }),
        gateway.get('/v1/images/edits', { method: 'POST', body: form, headers: bearer('narrow') }),
        gateway.post({ input_file_id: 'file-1' }, bearer('narrow'), '/v1/batches'),
      ];
      for (const call of calls) {
        expect((await call).status).toBe(403);
        expect(await codeOf(await call)).toBe('model_not_allowed');
      }
      expect(upstream.seen).toEqual([]);
      expect((await gateway.post(chat('a'), { ...bearer('narrow'), 'batch-mode': 'realtime' })).status).toBe(200);
    });
  });
});
