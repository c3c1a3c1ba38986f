import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type LiveProcess } from '@batch-gpt/contracts';
import { silentLogger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { connectRedis } from './connect-redis.ts';
import { createSignals } from './create-signals.ts';
import { endConnection } from './end-connection.ts';
import { createLiveProcesses } from './live-processes.ts';
import { queueKeys } from './queue-keys.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const word = (id: string, overrides: Partial<LiveProcess> = {}): LiveProcess => ({
  ...{ id, service: 'batcher', host: 'a', pid: 1, version: '0.1.0', since: 5 },
  ...{ heldConnections: null, heldBatches: 2, creations: [], settings: [] },
  ...overrides,
});
const open = (prefix: string) => createSignals({ redisUrl: server.url, prefix, logger: silentLogger });

it('lists who spoke, with what was said last, until it is taken back', async () => {
  await using signals = open('speaks');
  await signals.fitness();
  const { processes } = signals;
  expect(await processes.list()).toEqual([]);
  await processes.announce(word('one'));
  await processes.announce(word('two', { service: 'gateway', heldConnections: 3, heldBatches: null }));
  await processes.announce(word('one', { heldBatches: 7 }));
  const listed = (await processes.list()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  expect(listed).toEqual([
    word('one', { heldBatches: 7 }),
    word('two', { service: 'gateway', heldConnections: 3, heldBatches: null }),
  ]);
  await processes.withdraw('one');
  await processes.withdraw('nobody');
  expect((await processes.list()).map(({ id }) => id)).toEqual(['two']);
});

it('forgets who is silent, and leaves nothing of it behind', async () => {
  const redis = connectRedis({ url: server.url, role: 'commands', logger: silentLogger });
  const prefix = 'forgets';
  const brief = createLiveProcesses({ redis, prefix, keptFor: 20 });
  await brief.announce(word('gone'));
  await eventually(async () => (await brief.list()).length === 0);
  const lasting = createLiveProcesses({ redis, prefix });
  await lasting.announce(word('here'));
  expect((await lasting.list()).map(({ id }) => id)).toEqual(['here']);
  expect(await redis.hkeys(queueKeys(prefix).liveWords)).toEqual(['here']);
  endConnection(redis);
});

it('does not hear what is no word', async () => {
  const redis = connectRedis({ url: server.url, role: 'commands', logger: silentLogger });
  const processes = createLiveProcesses({ redis, prefix: 'odd' });
  await processes.announce(word('here'));
  for (const [id, text] of [
    ['a', 'not JSON'],
    ['b', '{"id":"b"}'],
  ] as const) {
    await redis.zadd(queueKeys('odd').liveUntil, '9999999999999', id);
    await redis.hset(queueKeys('odd').liveWords, id, text);
  }
  await redis.zadd(queueKeys('odd').liveUntil, '9999999999999', 'c');
  expect((await processes.list()).map(({ id }) => id)).toEqual(['here']);
  endConnection(redis);
});

it('says so in time when Redis is away', async () => {
  await using signals = open('away');
  await signals.fitness();
  await server.kill();
  await expect(signals.processes.list()).rejects.toMatchObject({ code: 'queue_unavailable' });
  await expect(signals.processes.announce(word('one'))).rejects.toMatchObject({ code: 'queue_unavailable' });
  await server.restart();
  await eventually(async () => {
    await signals.processes.announce(word('one'));
    return (await signals.processes.list()).length === 1;
  });
});
