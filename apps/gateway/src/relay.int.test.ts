import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { once } from 'node:events';
import { type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnService, type TestService } from '@batch-gpt/testing';

const megabyte = 1024 * 1024;
const size = 200 * megabyte;
let folder: string;
let stack: AsyncDisposableStack;
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  folder = await mkdtemp(join(tmpdir(), 'relay-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
});
afterEach(() => stack.disposeAsync());

async function start(): Promise<TestService> {
  const simulator = stack.use(
    await spawnService({ app: 'simulator', env: { SIMULATOR_DATA_DIR: join(folder, 'sim') } }),
  );
  return stack.use(
    await spawnService({
      app: 'gateway',
      waitFor: 'listening',
      // Far below what is sent: a body that was kept would end the process.
      execArgv: ['--max-old-space-size=64'],
      env: {
        RELAY: 'on',
        OPENAI_API_KEY: 'sk-provider',
        OPENAI_BASE_URL: `${simulator.url}/v1`,
        // Away: the relay needs none.
        REDIS_URL: 'redis://127.0.0.1:1',
        SQLITE_PATH: join(folder, 'store.sqlite'),
      },
    }),
  );
}

/** A form with a file of `size` bytes, made while it is sent. */
async function* form(seen: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  yield Buffer.from('--x\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n');
  yield Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="large.bin"\r\n\r\n');
  for (let sent = 0; sent < size; sent += megabyte) {
    const piece = Buffer.alloc(megabyte, sent / megabyte);
    seen.update(piece);
    yield await Promise.resolve(piece);
  }
  yield Buffer.from('\r\n--x--\r\n');
}

test('200 MB go up and come down through a small heap', async () => {
  const gateway = await start();
  const before = await gateway.rss();
  let most = 0;
  const watch = async (stop: AbortSignal): Promise<void> => {
    while (!stop.aborted) {
      most = Math.max(most, await gateway.rss());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const stop = new AbortController();
  const watching = watch(stop.signal);

  const sent = createHash('sha256');
  const upload = request(`${gateway.url}/v1/files`, { method: 'POST' });
  upload.setHeader('content-type', 'multipart/form-data; boundary=x');
  const answered = once(upload, 'response') as Promise<[IncomingMessage]>;
  await pipeline(form(sent), upload);
  const [answer] = await answered;
  const file = JSON.parse(Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>)).toString()) as unknown;
  expect(file).toMatchObject({ object: 'file', bytes: size });

  const { id } = file as { id: string };
  const received = createHash('sha256');
  const download = await fetch(`${gateway.url}/v1/files/${id}/content`);
  for await (const chunk of download.body ?? []) received.update(chunk as Uint8Array);
  stop.abort();
  await watching;

  expect(received.digest('hex')).toBe(sent.digest('hex'));
  expect(most - before).toBeLessThan(120 * megabyte);
}, 120_000);

test('without an account the gateway starts, and says what is missing when it is asked', async () => {
  const env = { REDIS_URL: 'redis://127.0.0.1:1', SQLITE_PATH: join(folder, 'store.sqlite') };
  const gateway = stack.use(await spawnService({ app: 'gateway', waitFor: 'listening', env }));
  const answer = await fetch(`${gateway.url}/v1/models`);
  expect(answer.status).toBe(502);
  expect(await answer.json()).toMatchObject({ error: { code: 'account_missing' } });
});

test('to relay without an account it refuses to start', async () => {
  const env = { REDIS_URL: 'redis://127.0.0.1:1', SQLITE_PATH: join(folder, 'store.sqlite'), RELAY: 'on' };
  await expect(spawnService({ app: 'gateway', waitFor: 'listening', env })).rejects.toThrow('RELAY');
});
