import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createStatusClient, type StatusNews } from '@batch-gpt/status-client';
import { eventually, spawnService, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { chat } from '../testing/start-test-gateway.ts';

let stack: AsyncDisposableStack;
let folder: string;
let redis: TestServer;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-operator-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  redis = stack.use(await startTestRedis());
});
afterEach(() => stack.disposeAsync());

const token = 'token-of-an-operator';
const start = async (env: Record<string, string> = {}) =>
  stack.use(
    await spawnService({
      app: 'gateway',
      env: { REDIS_URL: redis.url, SQLITE_PATH: join(folder, 'store.sqlite'), ADMIN_TOKEN: token, ...env },
      waitFor: 'ready',
    }),
  );
const accept = (url: string, text: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify(chat(text)),
  });

test('two gateways on one store say the same, and each what it holds', async () => {
  const [one, other] = [await start(), await start()];
  await accept(one.url, 'a');
  const clients = [one, other].map(({ url }) => createStatusClient({ baseUrl: url, token }));
  for (const client of clients) {
    await eventually(async () => {
      const { requests, groups, workers, workers_note } = await client.snapshot();
      expect(requests.accepted).toBe(1);
      expect(groups).toMatchObject([{ pending: 1, model: 'gpt-4o-mini' }]);
      expect(workers.map(({ service, alive }) => [service, alive])).toEqual([
        ['gateway', true],
        ['gateway', true],
      ]);
      expect(workers_note).toBeNull();
    });
  }
  const [request] = (await clients[1]?.requests({}))?.data ?? [];
  expect(await clients[0]?.request(request?.id ?? '')).toMatchObject({ waits_for: 'window' });
  await one.kill('SIGTERM');
  await eventually(async () => (await clients[1]?.snapshot())?.workers.length === 1);
});

test('a stream lives through the restart of its gateway and of Redis; a gateway that stops does not wait for it', async () => {
  const first = await start({ SHUTDOWN_GRACE_MS: '60000' });
  const client = createStatusClient({ baseUrl: first.url, token });
  const abort = new AbortController();
  stack.defer(() => abort.abort());
  const news: StatusNews[] = [];
  const following = (async () => {
    for await (const one of client.follow({ signal: abort.signal, pauses: [20, 100] })) news.push(one);
  })();
  const accepted = () =>
    news.flatMap((one) => (one.kind === 'snapshot' ? [one.snapshot.requests.accepted] : [])).at(-1);
  await eventually(() => accepted() === 0);
  await accept(first.url, 'a');
  await eventually(() => accepted() === 1);

  await redis.kill();
  const redisUp = () =>
    news.flatMap((one) => (one.kind === 'snapshot' ? [one.snapshot.dependencies.redis.up] : [])).at(-1);
  await eventually(() => redisUp() === false);
  await accept(first.url, 'b');
  await eventually(() => accepted() === 2);
  await redis.restart();
  await eventually(() => redisUp() === true);

  await first.kill('SIGTERM');
  await eventually(() => news.at(-1)?.kind === 'lost');
  await start({ PORT: new URL(first.url).port });
  await eventually(() => news.at(-1)?.kind !== 'lost');
  await accept(first.url, 'c');
  await eventually(() => accepted() === 3);
  abort.abort();
  await following;
});
