import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { silentLogger } from '@batch-gpt/logging';
import { createNewsSubscriber } from '@batch-gpt/queue';
import { eventually, spawnService, startTestRedis, type TestService } from '@batch-gpt/testing';
import { sampleWebhookSecret, signWebhook, webhookBody } from './testing/sign-webhook.ts';
import { chat } from './testing/start-test-gateway.ts';

let stack: AsyncDisposableStack;
let folder: string;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-gateway-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

const start = async (redisUrl: string, env: Record<string, string> = {}, waitFor: 'ready' | 'listening' = 'ready') =>
  stack.use(
    await spawnService({
      app: 'gateway',
      env: { REDIS_URL: redisUrl, SQLITE_PATH: join(folder, 'store.sqlite'), ...env },
      waitFor,
    }),
  );

const post = (
  service: TestService,
  body: unknown,
  headers: Record<string, string> = {},
  path = '/v1/chat/completions',
) =>
  fetch(service.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
const metrics = async (service: TestService) => (await fetch(`http://127.0.0.1:${service.opsPort}/metrics`)).text();
const isReady = async (service: TestService) => (await fetch(`http://127.0.0.1:${service.opsPort}/readyz`)).status;

describe('the service', () => {
  // seed S9
  test('what it accepted is there after SIGKILL, and is the same request', async () => {
    const redis = stack.use(await startTestRedis());
    const first = await start(redis.url);
    const accepted = await post(first, chat('survivor'), { prefer: 'respond-async' });
    expect(accepted.status).toBe(202);
    const location = accepted.headers.get('location') ?? '';
    await first.kill('SIGKILL');

    const second = await start(redis.url);
    expect(await (await fetch(second.url + location)).json()).toMatchObject({ state: 'accepted' });
    const again = await post(second, chat('survivor'), { prefer: 'respond-async' });
    expect(again.headers.get('cache-status')).toBe('batch-gpt; fwd=uri-miss; collapsed');
    expect(again.headers.get('location')).toBe(location);
  });

  test('a background response and its cancellation are there after SIGKILL', async () => {
    const redis = stack.use(await startTestRedis());
    const begin = async (service: TestService, input: string) => {
      const body = { model: 'gpt-5', input, background: true, instructions: 'be brief' };
      const response = await post(service, body, {}, '/v1/responses');
      return ((await response.json()) as { id: string }).id;
    };
    const first = await start(redis.url);
    const [kept, cancelled] = [await begin(first, 'a'), await begin(first, 'b')];
    await fetch(`${first.url}/v1/responses/${cancelled}/cancel`, { method: 'POST' });
    await first.kill('SIGKILL');

    const second = await start(redis.url);
    const show = async (id: string) => (await fetch(`${second.url}/v1/responses/${id}`)).json();
    expect(await show(kept)).toMatchObject({ id: kept, status: 'queued', instructions: 'be brief' });
    expect(await show(cancelled)).toMatchObject({ id: cancelled, status: 'cancelled' });
    const { data } = (await (await fetch(`${second.url}/v1/requests?state=accepted`)).json()) as { data: unknown[] };
    expect(data).toHaveLength(2);
  });

  test('who waits at another gateway is told of a cancellation', async () => {
    const redis = stack.use(await startTestRedis());
    // Its own look-ups come too late to be what tells it.
    const one = await start(redis.url, { WAITER_SWEEP_MS: '60000' });
    const call = post(one, chat('waiting'));
    await eventually(async () => (await metrics(one)).includes('batch_gpt_held_connections 1'));
    const other = await start(redis.url);
    const list = (await (await fetch(`${other.url}/v1/requests`)).json()) as { data: { id: string }[] };
    const [{ id } = { id: '' }] = list.data;
    expect((await fetch(`${other.url}/v1/requests/${id}`, { method: 'DELETE' })).status).toBe(200);
    const told = await call;
    expect(told.status).toBe(409);
    expect(await told.json()).toMatchObject({ error: { code: 'request_cancelled' } });
  });

  test('starts and accepts while Redis is away', async () => {
    const service = await start('redis://127.0.0.1:1', {}, 'listening');
    expect((await post(service, chat('alone'), { prefer: 'respond-async' })).status).toBe(202);
    expect(await isReady(service)).toBe(200);
  });

  // seed S28
  test('SIGTERM: not ready at once, then the waiting are told to come again, and it ends by itself', async () => {
    const redis = stack.use(await startTestRedis());
    const service = await start(redis.url, { SHUTDOWN_GRACE_MS: '3000' });
    const call = post(service, chat('waiting'));
    await eventually(async () => (await metrics(service)).includes('batch_gpt_held_connections 1'));
    const ended = service.kill('SIGTERM');
    await eventually(async () => (await isReady(service)) === 503);
    const response = await call;
    expect(response.status).toBe(503);
    expect(response.headers.get('x-should-retry')).toBe('true');
    expect(await response.json()).toMatchObject({ error: { code: 'shutting_down' } });
    await ended;
    expect(await service.exited).toMatchObject({ code: 0 });
  });

  test('a signed webhook is news for every batcher; without Redis the provider is to come again', async () => {
    const redis = stack.use(await startTestRedis());
    const heard: string[] = [];
    stack.use(createNewsSubscriber({ redisUrl: redis.url, logger: silentLogger, onNews: (id) => void heard.push(id) }));
    const service = await start(redis.url, { OPENAI_WEBHOOK_SECRET: sampleWebhookSecret });
    const payload = webhookBody('batch.completed');
    const deliver = () =>
      fetch(`${service.url}/v1/webhooks/openai`, { method: 'POST', headers: signWebhook(payload), body: payload });
    await eventually(async () => {
      expect((await deliver()).status).toBe(200);
      return heard.length > 0;
    });
    expect(new Set(heard)).toEqual(new Set(['batch_provider7']));
    await redis.kill();
    expect((await deliver()).status).toBe(503);
  });

  test('refuses a Redis that may evict keys', async () => {
    const redis = stack.use(await startTestRedis());
    const socket = connect(Number(new URL(redis.url).port), '127.0.0.1');
    socket.write('CONFIG SET maxmemory-policy allkeys-lru\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toContain('OK');
    await expect(start(redis.url, {}, 'listening')).rejects.toThrow('may evict keys');
  });

  // field 22, seed S27
  test.each([
    [{ CLIENT_SERVING_MODE: 'fast' }, 'CLIENT_SERVING_MODE'],
    [{ HOST: '0.0.0.0' }, 'ALLOW_UNAUTHENTICATED'],
  ])('refuses to start with %j', async (env, text) => {
    await expect(start('redis://127.0.0.1:1', env, 'listening')).rejects.toThrow(text);
  });
});
