import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import OpenAI, { NotFoundError } from 'openai';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { sampleProviderAccount } from './testing/sample-provider-account.ts';
import { startTestGateway, type TestGatewayOptions } from './testing/start-test-gateway.ts';
import { startUpstream } from './testing/start-upstream.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

const names = ['gpt-4o-mini', 'gpt-4o', 'ft:gpt-4o-mini:org::theirs'];
const listed = { object: 'list', data: names.map((id) => ({ id, object: 'model', created: 1, owned_by: 'system' })) };

/** A gateway that relays nothing else, before a provider whose answers a test may change and hold back. */
async function start(options: TestGatewayOptions = {}) {
  const provider = { status: 200, body: JSON.stringify(listed), hold: null as Promise<unknown> | null };
  const upstream = stack.use(
    await startUpstream(async (_req, res) => {
      await provider.hold;
      res.writeHead(provider.status, { 'content-type': 'application/json' }).end(provider.body);
    }),
  );
  const accounts = [sampleProviderAccount(upstream.baseUrl)];
  const gateway = stack.use(await startTestGateway({ accounts, relay: { on: false }, ...options }));
  return { gateway, upstream, provider };
}

const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

test('an unmodified client lists and retrieves them, also where nothing is relayed', async () => {
  const { gateway, upstream } = await start();
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries: 0 });
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(names);
  expect(await client.models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' });
  expect(await client.models.retrieve('ft:gpt-4o-mini:org::theirs')).toMatchObject({ created: 1 });
  await expect(client.models.retrieve('gpt-none')).rejects.toBeInstanceOf(NotFoundError);
  expect(upstream.seen).toMatchObject([{ method: 'GET', url: '/base/v1/models' }]);
});

test('the list is kept for a while, and says its age', async () => {
  const { gateway, upstream, provider } = await start();
  await gateway.get('/v1/models');
  provider.body = JSON.stringify({ object: 'list', data: [{ id: 'new' }] });
  await gateway.clock.advance(59_000);
  const old = await gateway.get('/v1/models');
  expect(old.headers.get('age')).toBe('59');
  expect(await old.json()).toEqual(listed);
  await gateway.clock.advance(1000);
  expect(await (await gateway.get('/v1/models')).json()).toEqual({ object: 'list', data: [{ id: 'new' }] });
  expect(upstream.seen).toHaveLength(2);
});

test('it is asked for once, however many wait for it', async () => {
  const { gateway, upstream, provider } = await start();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  provider.hold = promise;
  const calls = [1, 2, 3].map(() => gateway.get('/v1/models'));
  await eventually(() => upstream.seen.length === 1);
  resolve(undefined);
  for (const call of calls) expect((await call).status).toBe(200);
  expect(upstream.seen).toHaveLength(1);
});

describe('with the provider away', () => {
  test('what is known is served for an hour, and the provider is not asked again at once', async () => {
    const { gateway, upstream, provider } = await start();
    await gateway.get('/v1/models');
    Object.assign(provider, { status: 503, body: '{"error":{"message":"overloaded"}}' });
    await gateway.clock.advance(60_000);
    for (let n = 0; n < 3; n += 1) expect(await (await gateway.get('/v1/models')).json()).toEqual(listed);
    expect(upstream.seen).toHaveLength(2);
    await gateway.clock.advance(5000);
    await gateway.get('/v1/models');
    expect(upstream.seen).toHaveLength(3);
    await gateway.clock.advance(3_600_000);
    const late = await gateway.get('/v1/models');
    expect(late.status).toBe(502);
    expect(await codeOf(late)).toBe('provider_unavailable');
  });

  test('nothing known is an explicit error', async () => {
    const { gateway, upstream } = await start();
    await upstream[Symbol.asyncDispose]();
    const answer = await gateway.get('/v1/models');
    expect(answer.status).toBe(502);
    expect(await codeOf(answer)).toBe('provider_unavailable');
  });

  test('a list that does not come is given up', async () => {
    const { gateway, upstream, provider } = await start();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    provider.hold = promise;
    const call = gateway.get('/v1/models');
    await eventually(() => upstream.seen.length === 1);
    await gateway.clock.advance(15_000);
    expect((await call).status).toBe(502);
    resolve(undefined);
  });
});

test.each([
  ['no list', '{"object":"list"}'],
  ['no JSON', 'models: all'],
])('an answer that is %s is none', async (_, body) => {
  const { gateway, provider } = await start();
  provider.body = body;
  expect((await gateway.get('/v1/models')).status).toBe(502);
});

test('without an account there is an explicit error', async () => {
  const gateway = stack.use(await startTestGateway());
  const answer = await gateway.get('/v1/models');
  expect(answer.status).toBe(502);
  expect(await codeOf(answer)).toBe('account_missing');
});

test('a refusal of our key is ours to repair', async () => {
  const { gateway, provider } = await start();
  provider.status = 401;
  const answer = await gateway.get('/v1/models');
  expect(answer.status).toBe(503);
  expect(await codeOf(answer)).toBe('account_parked');
});

test('a key sees what it may use, and no fine-tuned model of others', async () => {
  const apiKeys = createManualApiKeys(sampleKeysFile({ wide: {}, narrow: { models: ['*-mini'] } }));
  const { gateway, upstream } = await start({ apiKeys });
  const idsFor = async (tenant: string) => {
    const answer = await gateway.get('/v1/models', { headers: { authorization: `Bearer ${secretOf(tenant)}` } });
    return ((await answer.json()) as typeof listed).data.map(({ id }) => id);
  };
  expect(await idsFor('wide')).toEqual(['gpt-4o-mini', 'gpt-4o']);
  expect(await idsFor('narrow')).toEqual(['gpt-4o-mini']);
  expect(upstream.seen).toHaveLength(1);
  const foreign = await gateway.get('/v1/models/gpt-4o', {
    headers: { authorization: `Bearer ${secretOf('narrow')}` },
  });
  expect(foreign.status).toBe(404);
});
