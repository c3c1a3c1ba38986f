import { silentLogger as logger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ConsumerOptions } from './consumer.ts';
import { createConsumer, type PlainJobKind } from './create-consumer.ts';
import { createSignals, type Signals } from './create-signals.ts';
import type { JobPayload } from './job-catalogue.ts';
import { aBatchId, aGroup, aKey, someAccepted } from './test-data.ts';

let server: TestServer;
let stack: AsyncDisposableStack;
let signals: Signals;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  signals = stack.use(createSignals({ redisUrl: server.url, logger, sweepEveryMs: 100 }));
  await signals.fitness();
  await signals.redis.flushall();
});
afterEach(async () => {
  await stack.disposeAsync();
});

function collect<K extends PlainJobKind>(kind: K, handler?: ConsumerOptions<K>['handler']): JobPayload<K>[] {
  const seen: JobPayload<K>[] = [];
  const consumer = createConsumer(kind, {
    redisUrl: server.url,
    logger,
    concurrency: 10,
    handler: async (payload, context) => {
      seen.push(payload);
      await handler?.(payload, context);
    },
  });
  stack.use(consumer);
  return seen;
}

describe('accepted requests', () => {
  test('travel as one job per group', async () => {
    const seen = collect('acceptedRequests');
    const jobs = [someAccepted(aGroup('a'), 3), someAccepted(aGroup('b'), 2)];
    await signals.accepted.announceAccepted(jobs);
    await eventually(() => seen.length === 2);
    expect(seen).toEqual(expect.arrayContaining(jobs));
  });

  test('are split at a thousand keys with their sums kept', async () => {
    const seen = collect('acceptedRequests');
    await signals.accepted.announceAccepted([someAccepted(aGroup(), 2_500)]);
    await eventually(() => seen.length === 3);
    expect(new Set(seen.flatMap((job) => job.keys)).size).toBe(2_500);
    expect(seen.reduce((sum, job) => sum + job.sizes.bytes, 0)).toBe(250_000);
    expect(Math.max(...seen.map((job) => job.keys.length))).toBe(1_000);
  });

  test('nothing accepted is nothing sent', async () => {
    await signals.accepted.announceAccepted([]);
    expect(await signals.redis.exists('batch-gpt:accepted-requests:wait')).toBe(0);
  });
});

describe('hint counters', () => {
  const group = aGroup();
  const sizes = { lines: 2, bytes: 300, tokens: 40, inputs: 5 };

  test('add up per group, also when added to at once', async () => {
    await Promise.all(Array.from({ length: 99 }, () => signals.hints.add(group, sizes)));
    expect(await signals.hints.add(group, sizes)).toEqual({ lines: 200, bytes: 30_000, tokens: 4_000, inputs: 500 });
    expect(await signals.hints.add(aGroup('other'), sizes)).toEqual(sizes);
  });

  test('start anew when cleared', async () => {
    await signals.hints.add(group, sizes);
    await signals.hints.clear(group);
    expect(await signals.hints.add(group, sizes)).toEqual(sizes);
  });

  test('expire', async () => {
    await signals.hints.add(group, sizes);
    expect(await signals.redis.ttl(`batch-gpt:window-hints:${group}`)).toBeGreaterThan(0);
  });
});

describe('ended batches', () => {
  test('announced often before they are settled make one job', async () => {
    for (let time = 0; time < 20; time += 1) await signals.ended.announceEnded(aBatchId(1));
    await signals.ended.announceEnded(aBatchId(2));
    expect(await signals.redis.llen('batch-gpt:finished-batches:wait')).toBe(2);
  });

  test('announced while they are settled are settled once more', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const seen = collect('finishedBatches', () => promise);
    await signals.ended.announceEnded(aBatchId(1));
    await eventually(() => seen.length === 1);
    for (let time = 0; time < 20; time += 1) await signals.ended.announceEnded(aBatchId(1));
    resolve(undefined);
    await eventually(() => seen.length === 2);
    await eventually(async () => (await signals.redis.keys('batch-gpt:finished-batches:d[en]:*')).length === 0);
    expect(seen).toHaveLength(2);
  });
});

describe('the sweep', () => {
  test('comes again and again, whoever starts its clock and however often', async () => {
    const seen = collect('sweeps');
    const other = stack.use(createSignals({ redisUrl: server.url, logger, sweepEveryMs: 100 }));
    await other.fitness();
    await Promise.all([signals.sweeps.ensure(), other.sweeps.ensure(), signals.sweeps.ensure()]);
    await eventually(() => seen.length >= 3);
    expect(await signals.redis.zcard('batch-gpt:sweeps:repeat')).toBe(1);
    expect(await signals.redis.zcard('batch-gpt:sweeps:delayed')).toBeLessThanOrEqual(1);
  });

  test('is started again after a flush', async () => {
    const seen = collect('sweeps');
    await signals.sweeps.ensure();
    await eventually(() => seen.length >= 1);
    await signals.redis.flushall();
    await signals.sweeps.ensure();
    const before = seen.length;
    await eventually(() => seen.length >= before + 3);
  });

  test('is started again when its clock stands still', async () => {
    await signals.sweeps.ensure();
    await signals.redis.del('batch-gpt:sweeps:delayed', 'batch-gpt:sweeps:wait');
    const seen = collect('sweeps');
    await eventually(async () => {
      await signals.sweeps.ensure();
      return seen.length >= 2;
    });
  });

  test('goes on after a turn that failed', async () => {
    const seen = collect('sweeps', () => Promise.reject(new Error('once more')));
    await signals.sweeps.ensure();
    await eventually(() => seen.length >= 3);
  });

  test('takes another interval', async () => {
    await signals.sweeps.ensure();
    const slower = stack.use(createSignals({ redisUrl: server.url, logger, sweepEveryMs: 3_600_000 }));
    await slower.fitness();
    await slower.sweeps.ensure();
    expect(await signals.redis.hget('batch-gpt:sweeps:repeat:sweep', 'every')).toBe('3600000');
    expect(await signals.redis.zcard('batch-gpt:sweeps:repeat')).toBe(1);
  });
});

describe('the fitness of Redis', () => {
  test('a Redis that evicts is refused, with advice, also where CONFIG is forbidden', async () => {
    await signals.redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await signals.redis.call(
      'ACL',
      'SETUSER',
      'plain',
      'on',
      '>p@ss/word',
      'allkeys',
      'allchannels',
      '+@all',
      '-config',
    );
    const url = new URL(server.url);
    url.username = 'plain';
    url.password = encodeURIComponent('p@ss/word');
    const plain = stack.use(createSignals({ redisUrl: url.href, logger }));
    try {
      await expect(plain.fitness()).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining('Set maxmemory-policy to noeviction'),
      });
    } finally {
      await signals.redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
    expect(await plain.fitness()).toMatchObject({ kind: 'fit' });
  });

  test('a Redis that evicts after a reconnect raises an alarm', async () => {
    const alarms: string[] = [];
    const loud = { ...logger, error: (msg: string) => void alarms.push(msg) };
    const watched = stack.use(createSignals({ redisUrl: server.url, logger: loud }));
    await watched.fitness();
    await signals.redis.config('SET', 'maxmemory-policy', 'volatile-lru');
    try {
      watched.redis.disconnect(true);
      await eventually(() => alarms.length > 0);
    } finally {
      await signals.redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
    expect(alarms).toEqual(['redis is not fit to carry signals']);
  });
});

test('no body and no error text is ever stored: keys, groups and sizes are all there is', async () => {
  await signals.accepted.announceAccepted([someAccepted(aGroup(), 1)]);
  const [id] = await signals.redis.lrange('batch-gpt:accepted-requests:wait', 0, -1);
  const data = await signals.redis.hget(`batch-gpt:accepted-requests:${id ?? ''}`, 'data');
  expect(JSON.parse(data ?? '')).toEqual({
    group: aGroup(),
    keys: [aKey(0)],
    sizes: { lines: 1, bytes: 100, tokens: 10, inputs: 0 },
  });
});
