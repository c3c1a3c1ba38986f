import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { batchEndpoint, tenantId } from '@batch-gpt/contracts';
import {
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleLedgerEntry,
  sampleOutcome,
  sampleRequest,
  sampleTime,
} from '@batch-gpt/testing';
import { type BatchRecord } from '@batch-gpt/domain';
import { expectDocumented } from '../testing/documented-answers.ts';
import { createManualApiKeys, sampleKeysFile, secretOf } from '../testing/sample-keys.ts';
import { sampleProviderAccount } from '../testing/sample-provider-account.ts';
import { sampleSigner, signWebhook, webhookBody } from '../testing/sign-webhook.ts';
import { chat, startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { startUpstream } from '../testing/start-upstream.ts';
import { createWebhookVerifier } from '../webhooks/verify-webhook.ts';
import { operations } from './document.ts';

const cause = { status: 400, code: 'invalid_value', message: 'a line', param: 'model', type: 'invalid_request_error' };
const billed = {
  ...{ succeeded: 1, failed: 1, sentAgain: 0 },
  ...{ inputTokens: 3, cachedTokens: 1, outputTokens: 2 },
};
/** With something in every field. */
const busyBatch: Partial<BatchRecord> = {
  ...{ inputFileId: 'file-1', inputFileCreatedAt: 1, attempt: 1, intentAt: 1, cancelRequestedAt: 1 },
  ...{ providerBatchId: 'batch_x', formerProviderBatchIds: ['batch_w'], trouble: cause, cause, billed: null },
  namedLines: [{ key: '0', cause }],
  provider: {
    ...{ status: 'completed', outputFileId: 'file-2', errorFileId: 'file-3', createdAt: 1, inProgressAt: 2 },
    ...{ finalizingAt: 3, completedAt: 4, failedAt: null, expiredAt: null, cancellingAt: null, cancelledAt: null },
    ...{ expiresAt: 5, counts: { total: 2, completed: 1, failed: 1 } },
    errors: [{ code: 'x', message: 'y', param: null, line: 1 }],
  },
};

const adminToken = 'token-of-an-operator';
let stack = new AsyncDisposableStack();
let gateway: TestGateway;
beforeEach(async () => {
  const models = { object: 'list', data: [{ id: 'gpt-4o', object: 'model', created: 1, owned_by: 'system' }] };
  const upstream = stack.use(
    await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(models));
    }),
  );
  gateway = stack.use(
    await startTestGateway({
      accounts: [sampleProviderAccount(upstream.baseUrl)],
      relay: { on: false },
      apiKeys: createManualApiKeys(sampleKeysFile({ one: { models: ['gpt-*', '*-moderation-*'] } })),
      trust: {
        adminToken: { reveal: () => adminToken },
        verifyWebhook: createWebhookVerifier(() => [sampleSigner()]),
      },
    }),
  );
});
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const tenant = tenantId.parse('one');
const asTenant = { authorization: `Bearer ${secretOf('one')}` };
const asOperator = { authorization: `Bearer ${adminToken}` };
const get = (path: string) => gateway.get(path, { headers: asTenant });
const remove = (path: string) => gateway.get(path, { method: 'DELETE', headers: asTenant });
const post = (path: string, body: unknown = '', headers: Record<string, string> = {}) =>
  gateway.post(body, { ...asTenant, ...headers }, path);

const async = { prefer: 'respond-async' };
const bodies: Readonly<Record<string, Record<string, unknown>>> = {
  '/v1/chat/completions': chat('hello'),
  '/v1/responses': { model: 'gpt-4o', input: 'hello' },
  '/v1/embeddings': { model: 'gpt-4o', input: 'hello' },
  '/v1/completions': { model: 'gpt-4o', prompt: 'hello' },
  '/v1/moderations': { input: 'hello' },
  '/v1/images/generations': { model: 'gpt-image-2.5-flare', prompt: 'a cat' },
};
/** Accepts a request, and gives its id. */
const accept = async (text: string) =>
  (await post('/v1/chat/completions', chat(text), async)).headers.get('batch-request-id') ?? '';
const accepted = async () => `/v1/requests/${await accept('a')}`;
const begin = async () =>
  ((await (await post('/v1/responses', { ...bodies['/v1/responses'], background: true })).json()) as { id: string }).id;
const answer = { id: 'resp_1', object: 'response', created_at: 1, status: 'completed', error: null, output: [] };

const operate = (path: string, init: RequestInit = {}) => gateway.get(path, { ...init, headers: asOperator });

/** Requests in every state, and two batches; gives the keys. */
const busy = async () => {
  const { requests, batches } = gateway.stores;
  const rows = [1, 2, 3, 4].map((n) => sampleRequest(n));
  const [first, second, third] = rows.map(({ key }) => key);
  if (first === undefined || second === undefined || third === undefined) throw new Error('no keys');
  await requests.insert(rows);
  await batches.insert(sampleBatch(1, { ...busyBatch, state: 'submitted' }));
  await requests.claim(sampleGroup(), sampleBatchId(1), [first], 1);
  await batches.insert(sampleBatch(2, { ...busyBatch, state: 'settled', billed }));
  await requests.claim(sampleGroup(), sampleBatchId(2), [second, third], 1);
  await gateway.settle({ id: sampleBatchId(2), keys: [second] });
  const body = '{"error":{"message":"no","type":"server_error","param":null,"code":"no"}}';
  await gateway.settle({ id: sampleBatchId(2), keys: [third] }, sampleOutcome({ kind: 'failed', status: 500, body }));
  return rows.map(({ key }) => key);
};

type Call = () => Promise<readonly Response[]>;

/** The call's own answers: a handle, then the stored answer, in the form that it asks for. */
const batched =
  (path: string, more: readonly Record<string, unknown>[] = []): Call =>
  async () => {
    const handle = await post(path, bodies[path], async);
    await gateway.finish({ body: JSON.stringify(answer) });
    const stored = await post(path, bodies[path]);
    const others: Response[] = [];
    for (const change of more) others.push(await post(path, { ...bodies[path], ...change }));
    // What the provider made in the foreground is not ours to describe.
    return [handle, ...(path === '/v1/responses' ? [] : [stored]), ...others];
  };

/** For each operation what makes it succeed, in every state that it has. */
const calls: Readonly<Record<string, Call>> = {
  createChatCompletion: batched('/v1/chat/completions', [{ stream: true }]),
  createResponse: batched('/v1/responses', [{ background: true }]),
  createEmbedding: batched('/v1/embeddings'),
  createCompletion: batched('/v1/completions'),
  createModeration: batched('/v1/moderations'),
  createImage: batched('/v1/images/generations'),
  listRequests: async () => {
    await accept('a');
    await gateway.collect();
    await accept('b');
    return [await get('/v1/requests'), await get('/v1/requests?limit=1&state=accepted')];
  },
  retrieveRequest: async () => {
    const path = await accepted();
    const first = await get(path);
    const batch = await gateway.collect();
    await gateway.stores.batches.insert(sampleBatch(1, { id: batch.id, tenant }));
    const second = await get(path);
    await gateway.settle(batch, {
      usage: { inputTokens: 1, outputTokens: 2, cachedTokens: 0, totalTokens: 3 },
      providerRequestId: 'req_1',
    });
    return [first, second, await get(path)];
  },
  cancelRequest: async () => [await remove(await accepted())],
  retrieveResponse: async () => {
    const path = `/v1/responses/${await begin()}`;
    const queued = await get(path);
    await gateway.finish({ body: JSON.stringify(answer) });
    return [queued, await get(path), await get(`${path}?stream=true&starting_after=0`)];
  },
  deleteResponse: async () => [await remove(`/v1/responses/${await begin()}`)],
  cancelResponse: async () => [await post(`/v1/responses/${await begin()}/cancel`)],
  listBatches: async () => {
    for (const n of [1, 2, 3]) await gateway.stores.batches.insert(sampleBatch(n, { tenant }));
    return [await get('/v1/batches'), await get('/v1/batches?limit=2&status=validating')];
  },
  retrieveBatch: async () => {
    await gateway.stores.batches.insert(sampleBatch(1, { tenant }));
    return [await get(`/v1/batches/${sampleBatchId(1)}`)];
  },
  cancelBatch: async () => {
    await gateway.stores.batches.insert(sampleBatch(1, { tenant, state: 'submitted' }));
    return [await post(`/v1/batches/${sampleBatchId(1)}/cancel`)];
  },
  retrieveUsage: async () => {
    await gateway.stores.batches.insert(sampleBatch(1, { tenant, state: 'settled', updatedAt: sampleTime, billed }));
    await gateway.stores.ledger.add([sampleLedgerEntry({ tenant }), sampleLedgerEntry({ tenant, model: 'gpt-99' })]);
    return [await get('/v1/usage'), await get('/v1/usage?from=2026-01-01&to=2026-01-31&format=csv')];
  },
  listModels: async () => [await get('/v1/models')],
  retrieveModel: async () => [await get('/v1/models/gpt-4o')],
  receiveWebhook: async () => {
    const payload = webhookBody('batch.completed');
    return [await gateway.post(payload, signWebhook(payload), '/v1/webhooks/openai')];
  },
  retrieveOpenApi: async () => {
    const whole = await gateway.get('/openapi.json');
    const headers = { 'if-none-match': whole.headers.get('etag') ?? '' };
    return [whole, await gateway.get('/openapi.json', { headers })];
  },
  retrieveSnapshot: async () => {
    await busy();
    return [await operate('/admin/snapshot')];
  },
  streamEvents: async () => {
    const abort = new AbortController();
    const { status, headers, body } = await operate('/admin/events', { signal: abort.signal });
    const first = await body?.getReader().read();
    abort.abort();
    return [new Response(new TextDecoder().decode(first?.value as Uint8Array | undefined), { status, headers })];
  },
  retrieveBacklog: async () => {
    await busy();
    return [await operate('/admin/backlog')];
  },
  retrieveSettings: async () => [await operate('/admin/settings')],
  retrieveOperatorUsage: async () => {
    await busy();
    return [await operate('/admin/usage'), await operate('/admin/usage?format=csv')];
  },
  exportBatches: async () => {
    await busy();
    return [await operate('/admin/export/batches'), await operate('/admin/export/batches?format=csv')];
  },
  exportLines: async () => {
    await busy();
    return [await operate('/admin/export/lines'), await operate('/admin/export/lines?format=csv')];
  },
  retrieveSeries: async () => {
    await busy();
    return [await operate('/admin/series'), await operate('/admin/series?range=7d')];
  },
  searchRequests: async () => {
    await busy();
    return [await operate('/admin/requests'), await operate('/admin/requests?key=0&state=accepted&limit=1')];
  },
  inspectRequest: async () => {
    const keys = await busy();
    return Promise.all(keys.map((key) => operate(`/admin/requests/${key}`)));
  },
  searchBatches: async () => {
    await busy();
    return [await operate('/admin/batches'), await operate('/admin/batches?status=completed&limit=1')];
  },
  inspectBatch: async () => {
    await busy();
    return [await operate(`/admin/batches/${sampleBatchId(1)}`), await operate(`/admin/batches/${sampleBatchId(2)}`)];
  },
  cancelAnyBatch: async () => {
    await gateway.stores.batches.insert(sampleBatch(1, { state: 'submitted' }));
    return [await gateway.post('', asOperator, `/admin/batches/${sampleBatchId(1)}/cancel`)];
  },
  retryLines: async () => {
    await busy();
    return [await gateway.post('', asOperator, `/admin/batches/${sampleBatchId(2)}/retry`)];
  },
  flushGroup: async () => {
    await gateway.stores.requests.insert([sampleRequest(1)]);
    return [await gateway.post({ group: sampleGroup() }, asOperator, '/admin/groups/flush')];
  },
  abandonBatch: async () => {
    await gateway.stores.batches.insert(sampleBatch(1, { state: 'submitted' }));
    return [await gateway.post('', asOperator, `/admin/batches/${sampleBatchId(1)}/abandon`)];
  },
  purgeCache: async () => [await gateway.post({ all: true }, asOperator, '/admin/cache/purge')],
};

test.each(operations)('$id answers as the document says', async ({ id, method, path, answers }) => {
  const given = (await calls[id]?.()) ?? [];
  for (const each of given) await expectDocumented(method, path, each);
  // None of its successes was left out.
  expect(given.map(({ status }) => String(status))).toEqual(expect.arrayContaining(Object.keys(answers)));
});

describe('refusals are as the document says', () => {
  const none = '0'.repeat(64);
  const chats = '/v1/chat/completions';
  const refused: readonly (readonly [status: number, method: string, path: string, call: () => Promise<Response>])[] = [
    [401, 'post', chats, () => gateway.post(chat('a'))],
    [400, 'post', chats, () => post(chats, '{')],
    [400, 'post', chats, () => post(chats, { model: 'gpt-4o' })],
    [403, 'post', chats, () => post(chats, chat('a', { model: 'o3' }))],
    [404, 'post', chats, () => post(chats, chat('a'), { 'cache-control': 'only-if-cached' })],
    [413, 'post', chats, () => post(chats, chat('a'.repeat(200_000)))],
    [415, 'post', chats, () => post(chats, 'hello', { 'content-type': 'text/plain' })],
    [404, 'get', '/v1/requests/{id}', () => get(`/v1/requests/${none}`)],
    [400, 'get', '/v1/requests', () => get('/v1/requests?limit=1000')],
    [400, 'get', '/v1/requests/{id}', () => get('/v1/requests/%E0%A4%A')],
    [400, 'get', '/v1/usage', () => get('/v1/usage?from=yesterday')],
    [401, 'get', '/v1/usage', () => gateway.get('/v1/usage')],
    [401, 'get', '/v1/models', () => gateway.get('/v1/models')],
    [404, 'get', '/v1/models/{id}', () => get('/v1/models/none')],
    [404, 'get', '/v1/responses/{id}', () => get('/v1/responses/resp_none')],
    [404, 'delete', '/v1/responses/{id}', () => remove('/v1/responses/resp_none')],
    [404, 'get', '/v1/batches/{id}', () => get('/v1/batches/none')],
    [401, 'post', '/v1/webhooks/openai', () => gateway.post('{}', {}, '/v1/webhooks/openai')],
    [401, 'post', '/admin/cache/purge', () => gateway.post({ all: true }, {}, '/admin/cache/purge')],
    [400, 'post', '/admin/cache/purge', () => gateway.post({}, asOperator, '/admin/cache/purge')],
    [401, 'get', '/admin/snapshot', () => gateway.get('/admin/snapshot')],
    [401, 'get', '/admin/events', () => gateway.get('/admin/events')],
    [400, 'get', '/admin/requests', () => operate('/admin/requests?key=xyz')],
    [404, 'get', '/admin/requests/{id}', () => operate(`/admin/requests/${none}`)],
    [400, 'get', '/admin/batches', () => operate('/admin/batches?after=nothing')],
    [404, 'get', '/admin/batches/{id}', () => operate('/admin/batches/none')],
    [400, 'post', '/admin/groups/flush', () => gateway.post({ group: 'x' }, asOperator, '/admin/groups/flush')],
    [
      409,
      'post',
      '/admin/groups/flush',
      () => gateway.post({ group: sampleGroup() }, asOperator, '/admin/groups/flush'),
    ],
    [404, 'post', '/admin/batches/{id}/retry', () => gateway.post('', asOperator, '/admin/batches/none/retry')],
    [404, 'post', '/admin/batches/{id}/cancel', () => gateway.post('', asOperator, '/admin/batches/none/cancel')],
    [404, 'post', '/admin/batches/{id}/abandon', () => gateway.post('', asOperator, '/admin/batches/x/abandon')],
  ];

  test.each(refused)('%i %s %s', async (status, method, path, call) => {
    const response = await call();
    expect(response.status).toBe(status);
    await expectDocumented(method, path, response);
  });

  test('a request and a batch that cannot be cancelled any more', async () => {
    const path = await accepted();
    await gateway.collect();
    await expectDocumented('delete', '/v1/requests/{id}', await remove(path));
    await gateway.stores.batches.insert(sampleBatch(1, { tenant, state: 'settled' }));
    const cancelled = await post(`/v1/batches/${sampleBatchId(1)}/cancel`);
    expect(cancelled.status).toBe(409);
    await expectDocumented('post', '/v1/batches/{id}/cancel', cancelled);
  });

  test('a store that is away', async () => {
    gateway.stores.setAway(true);
    for (const path of ['/v1/requests', '/v1/batches', '/v1/usage']) {
      const response = await get(path);
      expect(response.status).toBe(503);
      await expectDocumented('get', path, response);
    }
    const response = await post(chats, chat('a'));
    expect(response.status).toBe(503);
    await expectDocumented('post', chats, response);
  });
});

test('every endpoint that is batched is called here', () => {
  expect(Object.keys(bodies).toSorted()).toEqual(batchEndpoint.options.toSorted());
});
