import { connect } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { batchId, tenantId } from '@batch-gpt/contracts';
import { sampleBatch, sampleBatchId, sampleGroup } from '@batch-gpt/testing';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const tenants = ['ours', 'theirs'] as const;
type Tenant = (typeof tenants)[number];

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ apiKeys: createManualApiKeys(sampleKeysFile({ ours: {}, theirs: {} })) });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const as = (tenant: Tenant, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${secretOf(tenant)}`,
  ...more,
});
const later = { prefer: 'respond-async' };
const locationOf = (response: Response) => response.headers.get('location') ?? '';

/** What a caller can tell one answer from another by; the id and time of the call itself are its own. */
async function seen(response: Response) {
  const headers = Object.fromEntries(
    [...response.headers].filter(([name]) => !['date', 'x-request-id', 'keep-alive'].includes(name)),
  );
  return { status: response.status, headers, body: await response.text() };
}

describe('identical requests of two tenants', () => {
  const calls: readonly (readonly [string, unknown, Record<string, string>])[] = [
    ['/v1/chat/completions', chat('same'), {}],
    ['/v1/embeddings', { model: 'text-embedding-3-small', input: 'same' }, {}],
    ['/v1/responses', { model: 'gpt-4o-mini', input: 'same' }, {}],
    ['/v1/chat/completions', chat('private'), { 'cache-control': 'no-store' }],
    ['/v1/chat/completions', chat('private'), { 'cache-control': 'no-store', 'idempotency-key': 'one' }],
    ['/v1/chat/completions', chat('named'), { 'idempotency-key': 'two' }],
  ];

  test.each(calls)('%s %j %j share neither an id nor a group, so no batch', async (path, body, headers) => {
    const [ours, theirs] = await Promise.all(
      tenants.map((tenant) => gateway.post(body, as(tenant, { ...later, ...headers }), path)),
    );
    expect([ours?.status, theirs?.status]).toEqual([202, 202]);
    const ids = [ours, theirs].map((response) => response?.headers.get('batch-request-id'));
    expect(new Set(ids).size).toBe(2);
    // The second is no joiner of the first.
    for (const response of [ours, theirs]) expect(response?.headers.get('cache-status')).not.toContain('collapsed');
    const groups = await gateway.stores.requests.groupsWithAccepted(null, 10);
    expect(groups).toHaveLength(2);
  });

  test('an idempotency key of one says nothing to the other', async () => {
    const name = { 'idempotency-key': 'same-name' };
    expect((await gateway.post(chat('one'), as('ours', { ...later, ...name }))).status).toBe(202);
    expect((await gateway.post(chat('two'), as('theirs', { ...later, ...name }))).status).toBe(202);
    expect((await gateway.post(chat('two'), as('ours', { ...later, ...name }))).status).toBe(409);
  });

  test('a stored answer, hot or not, is its tenant’s', async () => {
    await gateway.post(chat('same'), as('ours', later));
    await gateway.finish();
    const cached = { 'cache-control': 'only-if-cached' };
    for (let n = 0; n < 2; n += 1) {
      expect((await gateway.post(chat('same'), as('ours', cached))).status).toBe(200);
      expect((await gateway.post(chat('same'), as('theirs', cached))).status).toBe(404);
    }
  });

  test('who waits for the one is not answered with the other', async () => {
    const answers = tenants.map(async (tenant) => (await gateway.post(chat('same'), as(tenant))).text());
    await gateway.held(2);
    await gateway.finish();
    const [ours, theirs] = await Promise.all(answers);
    expect(ours).not.toBe(theirs);
  });

  test('on one connection, one after the other, each is who their own call says', async () => {
    await gateway.post(chat('same'), as('ours', later));
    await gateway.finish();
    const socket = connect(gateway.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    const body = JSON.stringify(chat('same'));
    for (const tenant of ['ours', 'theirs', 'ours'] as const) {
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n` +
          `Authorization: Bearer ${secretOf(tenant)}\r\nCache-Control: only-if-cached\r\n` +
          `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      );
    }
    socket.write('GET /v1/batches HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await once(socket, 'close');
    const statuses = [...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status);
    expect(statuses).toEqual(['200', '404', '200', '401']);
  });
});

describe('ids of the other tenant', () => {
  /** What the store is asked while a call is answered. */
  const asked = async (call: () => Promise<Response>) => {
    const calls: string[] = [];
    const { requests, batches, ownedIds, listing } = gateway.stores;
    const undo = Object.entries({ requests, batches, ownedIds, listing }).map(([store, port]) => {
      const before = { ...port } as Record<string, (...args: unknown[]) => unknown>;
      const noting = Object.fromEntries(
        Object.entries(before).map(([name, method]) => [
          name,
          (...args: unknown[]) => {
            calls.push(`${store}.${name} ${args.length}`);
            return method(...args);
          },
        ]),
      );
      Object.assign(port, noting);
      return () => Object.assign(port, before);
    });
    const response = await call();
    for (const restore of undo) restore();
    return { calls, ...(await seen(response)) };
  };

  /** One of everything that `theirs` has, ended and not, and an id that nobody has. */
  async function setUp() {
    const pending = locationOf(await gateway.post(chat('pending'), as('theirs', later)));
    const large = locationOf(await gateway.post(chat('large'), as('theirs', later)));
    const response = await gateway.post(
      { model: 'gpt-4o-mini', input: 'hi', background: true },
      as('theirs'),
      '/v1/responses',
    );
    const { id: responseId } = (await response.json()) as { readonly id: string };
    await gateway.finish({ body: JSON.stringify({ text: 'x'.repeat(200_000) }) });
    const again = locationOf(await gateway.post(chat('again'), as('theirs', later)));
    const theirs = tenantId.parse('theirs');
    await gateway.stores.batches.insert(
      sampleBatch(7, { tenant: theirs, group: sampleGroup(), providerBatchId: 'batch_provider7', state: 'submitted' }),
    );
    return { requests: [pending, large, again], responseId, batch: sampleBatchId(7) };
  }

  test('are 404 exactly like unknown ones: the same words, headers and questions to the store', async () => {
    const { requests, responseId, batch } = await setUp();
    const nobodysResponse = `resp_${'f'.repeat(32)}`;
    const nobodysBatch = batchId.parse(`batch_${'f'.repeat(32)}`);
    const pairs: readonly (readonly [string, string, string])[] = [
      ...requests.flatMap((path) =>
        ['GET', 'DELETE'].map((method) => [method, path, `/v1/requests/${'f'.repeat(64)}`] as const),
      ),
      ...[batch, 'batch_provider7'].flatMap((id) => [
        ['GET', `/v1/batches/${id}`, `/v1/batches/${nobodysBatch}`] as const,
        ['POST', `/v1/batches/${id}/cancel`, `/v1/batches/${nobodysBatch}/cancel`] as const,
        ['GET', `/v1/batches?after=${id}`, `/v1/batches?after=${nobodysBatch}`] as const,
      ]),
      ['GET', `/v1/responses/${responseId}`, `/v1/responses/${nobodysResponse}`],
      ['DELETE', `/v1/responses/${responseId}`, `/v1/responses/${nobodysResponse}`],
      ['POST', `/v1/responses/${responseId}/cancel`, `/v1/responses/${nobodysResponse}/cancel`],
    ];
    const ids = [...requests.map((path) => path.split('/').at(-1) ?? ''), responseId, batch, 'batch_provider7'];
    const unnamed = (text: string) =>
      [...ids, 'f'.repeat(64), nobodysBatch, nobodysResponse].reduce((rest, id) => rest.replaceAll(id, '{id}'), text);
    for (const [method, foreign, unknown] of pairs) {
      const [one, other] = [
        await asked(() => gateway.get(foreign, { method, headers: as('ours') })),
        await asked(() => gateway.get(unknown, { method, headers: as('ours') })),
      ];
      const length = { 'content-length': expect.any(String) };
      expect({ method, foreign, ...one, body: unnamed(one.body), headers: { ...one.headers, ...length } }).toEqual({
        ...{ method, foreign, ...other },
        body: unnamed(other.body),
        headers: { ...other.headers, ...length },
      });
      expect([400, 404]).toContain(one.status);
      expect(one.body).not.toContain('theirs');
    }
  });

  test('stand in no list', async () => {
    const { batch } = await setUp();
    for (const path of ['/v1/requests', '/v1/batches']) {
      expect(await (await gateway.get(path, { headers: as('ours') })).json()).toMatchObject({ data: [] });
    }
    expect(await (await gateway.get('/v1/batches', { headers: as('theirs') })).json()).toMatchObject({
      data: [{ id: batch }],
    });
  });

  test('and nothing was changed by asking', async () => {
    const { requests, responseId, batch } = await setUp();
    for (const path of [...requests, `/v1/responses/${responseId}`]) {
      await gateway.get(path, { method: 'DELETE', headers: as('ours') });
    }
    await gateway.get(`/v1/batches/${batch}/cancel`, { method: 'POST', headers: as('ours') });
    for (const path of [...requests, `/v1/responses/${responseId}`, `/v1/batches/${batch}`]) {
      expect((await gateway.get(path, { headers: as('theirs') })).status).toBe(200);
    }
    expect((await gateway.stores.batches.get(batch))?.cancelRequestedAt).toBeNull();
  });
});
