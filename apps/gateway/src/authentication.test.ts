import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sampleTime } from '@batch-gpt/testing';
import { createManualApiKeys, sampleKeysFile, secretOf, sha256, type ManualApiKeys } from './testing/sample-keys.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const day = 24 * 3600 * 1000;
const narrow = {
  tenant: 'acme',
  name: 'narrow',
  sha256: sha256('narrow'),
  modes: ['async', 'cache'],
  models: ['gpt-4o*'],
  expiresAt: new Date(sampleTime + day).toISOString(),
};
const heldOnly = { tenant: 'acme', name: 'held-only', sha256: sha256('held-only'), modes: ['sync'] };
const file = sampleKeysFile({ acme: {}, beta: {}, eager: { defaults: { mode: 'async' } } }, [narrow, heldOnly]);

let keys: ManualApiKeys;
let gateway: TestGateway;
beforeEach(async () => {
  keys = createManualApiKeys(file);
  gateway = await startTestGateway({ apiKeys: keys });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const asAcme = bearer(secretOf('acme'));
const later = { prefer: 'respond-async' };

describe('who is let in', () => {
  test.each([
    ['nothing', {}, "You didn't provide an API key"],
    ['a wrong key', bearer('sk-wrong-0123456789'), 'Incorrect API key provided.'],
    ['a wrong key in the header of Azure', { 'api-key': 'sk-wrong-0123456789' }, 'Incorrect API key provided.'],
    ['another scheme', { authorization: `Basic ${secretOf('acme')}` }, "You didn't provide an API key"],
    ['an empty key', { authorization: 'Bearer ' }, "You didn't provide an API key"],
    ['the digest of a key', bearer(sha256(secretOf('acme'))), 'Incorrect API key provided.'],
    ['two keys', { authorization: `Bearer ${secretOf('acme')}, Bearer x` }, "You didn't provide an API key"],
  ])('not with %s: 401 as OpenAI has it, which shows no key', async (_what, headers, message) => {
    const response = await gateway.post(chat('hi'), headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    expect(await response.json()).toEqual({
      error: {
        message: expect.stringContaining(message),
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    });
    expect(gateway.signals.seen.accepted).toEqual([]);
  });

  test.each([
    ['a bearer token', asAcme],
    ['a bearer token in other letters', { authorization: `bearer  ${secretOf('acme')}` }],
    ['the header of Azure', { 'api-key': secretOf('acme') }],
  ])('with %s', async (_what, headers) => {
    expect((await gateway.post(chat('hi'), { ...headers, ...later })).status).toBe(202);
  });

  test.each([
    ['GET', '/v1/batches'],
    ['GET', '/v1/batches/batch_1'],
    ['POST', '/v1/batches/batch_1/cancel'],
    ['GET', `/v1/requests/${'0'.repeat(64)}`],
    ['GET', '/V1/Batches'],
    ['GET', '/v1/no/such/route'],
    ['DELETE', '/v1/chat/completions'],
    ['OPTIONS', '/v1/chat/completions'],
    ['GET', '/v1'],
  ])('%s %s needs a key', async (method, path) => {
    expect((await gateway.get(path, { method })).status).toBe(401);
  });

  test('webhooks and operators are not asked for one', async () => {
    const webhook = await gateway.get('/v1/webhooks/openai', { method: 'POST', body: '{}' });
    expect(await webhook.json()).not.toMatchObject({ error: { code: 'invalid_api_key' } });
    const operator = await gateway.get('/admin/batches/batch_1/abandon', { method: 'POST' });
    expect(await operator.json()).toMatchObject({ error: { code: 'batch_not_found' } });
  });

  test('the refusal does not wait for the body', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write('POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 401 /);
  });

  test('a key expires', async () => {
    const call = () => gateway.post(chat('hi'), { ...bearer('narrow'), ...later });
    expect((await call()).status).toBe(202);
    await gateway.clock.advance(day);
    const refused = await call();
    expect(refused.status).toBe(401);
    expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining('expired') } });
  });

  test('a revoked key is refused at once, on the same connection too; others go on, and what it asked is kept', async () => {
    const call = (headers: Record<string, string>) => gateway.post(chat('hi'), { ...headers, ...later });
    expect((await call(asAcme)).status).toBe(202);
    keys.set(sampleKeysFile({ beta: {} }));
    expect((await call(asAcme)).status).toBe(401);
    expect((await call(bearer(secretOf('beta')))).status).toBe(202);
    keys.set(file);
    const again = await call(asAcme);
    expect(again.headers.get('cache-status')).toContain('collapsed');
  });
});

describe('what a key may', () => {
  test('another model is 403, before anything is looked up', async () => {
    await gateway.post(chat('hi', { model: 'o3' }), { ...asAcme, ...later });
    await gateway.finish();
    const call = (model: string) => gateway.post(chat('hi', { model }), { ...bearer('narrow'), ...later });
    const refused = await call('o3');
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({
      error: {
        message: "This API key does not have access to model 'o3'.",
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_allowed',
      },
    });
    expect((await call('gpt-4o-mini')).status).toBe(202);
  });

  test('another mode is 403; a call that does not choose is served in one that is allowed', async () => {
    const refused = await gateway.post(chat('hi'), { ...bearer('narrow'), prefer: 'wait=5' });
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      error: {
        message: 'This API key may not call in mode sync; it may call in async, cache.',
        code: 'mode_not_allowed',
      },
    });
    expect((await gateway.post(chat('hi'), bearer('narrow'))).status).toBe(202);
  });

  test('a key that may have no handle is held as if it had not said how long', async () => {
    const call = gateway.post(chat('hi'), { ...bearer('held-only'), prefer: 'wait=5' });
    await gateway.held(1);
    await gateway.clock.advance(10_000);
    await gateway.held(1);
    await gateway.finish();
    const answer = await call;
    expect(answer.status).toBe(200);
    expect(answer.headers.get('preference-applied')).toBeNull();
  });

  test('the tenant’s default mode serves calls that do not choose', async () => {
    const eager = bearer(secretOf('eager'));
    expect((await gateway.post(chat('hi'), eager)).status).toBe(202);
    const cached = await gateway.post(chat('hi'), { ...eager, 'cache-control': 'only-if-cached' });
    expect(cached.status).toBe(404);
  });
});
