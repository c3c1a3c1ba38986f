import { silentLogger as logger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSignals, type Signals } from '../create-signals.ts';
import { aBatchId } from '../test-data.ts';
import { createNewsSubscriber, type NewsSubscriberOptions } from './news-subscriber.ts';

const channel = 'batch-gpt:news-channel';
let server: TestServer;
let stack: AsyncDisposableStack;
let signals: Signals;
let heard: string[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  heard = [];
  await server.restart();
  signals = stack.use(createSignals({ redisUrl: server.url, logger }));
  await signals.fitness();
});
afterEach(async () => {
  await stack.disposeAsync();
});

const subscribe = (options: Partial<NewsSubscriberOptions> = {}) =>
  stack.use(createNewsSubscriber({ redisUrl: server.url, logger, onNews: (id) => void heard.push(id), ...options }));
const subscribers = (count: number, of = channel) =>
  eventually(async () => Number((await signals.redis.pubsub('NUMSUB', of))[1]) === count);

describe('the news channel', () => {
  test('brings our ids and the provider’s to every subscriber', async () => {
    subscribe();
    subscribe();
    await subscribers(2);
    await signals.news.announceNews(aBatchId(1));
    await signals.news.announceNews('batch_provider7');
    await eventually(() => heard.length === 4);
    expect([...heard].sort()).toEqual([aBatchId(1), aBatchId(1), 'batch_provider7', 'batch_provider7'].sort());
  });

  test('stays within its prefix', async () => {
    subscribe({ prefix: 'another' });
    subscribe();
    await subscribers(1, 'another:news-channel');
    await subscribers(1);
    const other = stack.use(createSignals({ redisUrl: server.url, logger, prefix: 'another' }));
    await other.fitness();
    await other.news.announceNews('other');
    await signals.news.announceNews('own');
    await eventually(() => heard.length === 2);
    expect([...heard].sort()).toEqual(['other', 'own']);
  });

  test('ignores what is no news', async () => {
    const warnings: string[] = [];
    subscribe({ logger: { ...logger, warn: (msg) => void warnings.push(msg) } });
    await subscribers(1);
    for (const message of ['nonsense', '{"id":"a b"}']) await signals.redis.publish(channel, message);
    await signals.news.announceNews(aBatchId(1));
    await eventually(() => heard.length === 1);
    expect(heard).toEqual([aBatchId(1)]);
    expect(warnings).toEqual(Array.from({ length: 2 }, () => 'a message on the news channel is no news'));
  });

  test('is heard again after a killed connection, and after Redis was away', async () => {
    subscribe();
    await subscribers(1);
    await signals.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(async () => {
      await signals.news.announceNews('after-kill');
      return heard.includes('after-kill');
    });
    await server.kill();
    await expect(signals.news.announceNews('while-away')).rejects.toMatchObject({ code: 'queue_unavailable' });
    await server.restart();
    await eventually(() => signals.ping().then(() => true));
    await eventually(async () => {
      await signals.news.announceNews('after-outage');
      return heard.includes('after-outage');
    });
    expect(heard).not.toContain('while-away');
  });

  test('starts while Redis is down', async () => {
    await server.kill();
    subscribe();
    await server.restart();
    await eventually(() => signals.ping().then(() => true));
    await subscribers(1);
    await signals.news.announceNews(aBatchId(1));
    await eventually(() => heard.length === 1);
  });

  test('refuses to announce what is no batch', async () => {
    await expect(signals.news.announceNews('a b')).rejects.toMatchObject({ code: 'internal_error' });
  });
});
