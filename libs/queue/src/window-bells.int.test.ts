import type { GroupId, OpenWindowJob } from '@batch-gpt/contracts';
import { silentLogger as logger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createBellConsumer } from './bell-consumer.ts';
import { createSignals, type Signals } from './create-signals.ts';
import type { Consumer, JobHandler } from './consumer.ts';
import { aGroup } from './test-data.ts';

const HOUR = 3_600_000;
let server: TestServer;
let signals: Signals;
let consumers: Consumer[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  signals = createSignals({ redisUrl: server.url, logger });
  consumers = [];
  await signals.fitness();
  await signals.redis.flushall();
});
afterEach(async () => {
  await Promise.all(consumers.map((consumer) => consumer[Symbol.asyncDispose]()));
  await signals[Symbol.asyncDispose]();
});

function hear(handler: JobHandler<'openWindows'>, concurrency = 20): void {
  consumers.push(createBellConsumer({ redisUrl: server.url, redis: signals.redis, logger, concurrency, handler }));
}

/** A consumer whose first bell stays active until `finish` is called. */
function hearWithFirstHeld(): { heard: OpenWindowJob[]; finish: () => void } {
  const held = Promise.withResolvers<undefined>();
  const heard: OpenWindowJob[] = [];
  hear(async (bell) => {
    heard.push(bell);
    if (heard.length === 1) await held.promise;
  });
  return { heard, finish: () => held.resolve(undefined) };
}

describe('window bells', () => {
  const group = aGroup();

  test('a window opens once and its bell rings after the delay', async () => {
    const heard: OpenWindowJob[] = [];
    await Promise.all(Array.from({ length: 50 }, () => signals.bells.open(group, 50)));
    hear((bell) => Promise.resolve(void heard.push(bell)));
    await eventually(() => heard.length > 0);
    await eventually(async () => (await signals.redis.keys('batch-gpt:open-windows:[0-9]*')).length === 0);
    expect(heard).toEqual([{ group, trigger: 'time' }]);
  });

  test('ringing replaces the bell of an open window', async () => {
    const heard: OpenWindowJob[] = [];
    await signals.bells.open(group, HOUR);
    await signals.bells.ring(group, 'lines');
    hear((bell) => Promise.resolve(void heard.push(bell)));
    await eventually(() => heard.length === 1);
    expect(heard).toEqual([{ group, trigger: 'lines' }]);
    expect(await signals.redis.zcard('batch-gpt:open-windows:delayed')).toBe(0);
  });

  test('a ring without a window rings at once', async () => {
    const heard: OpenWindowJob[] = [];
    hear((bell) => Promise.resolve(void heard.push(bell)));
    await signals.bells.ring(group, 'operator');
    await eventually(() => heard.length === 1);
  });

  test('a ring while the bell is active comes after it', async () => {
    const { heard, finish } = hearWithFirstHeld();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    await signals.bells.ring(group, 'more');
    finish();
    await eventually(() => heard.length === 2);
    expect(heard[1]).toEqual({ group, trigger: 'more' });
  });

  test('an open while the bell is active opens the next window', async () => {
    const { heard, finish } = hearWithFirstHeld();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    await signals.bells.open(group, HOUR);
    finish();
    await eventually(async () => (await signals.redis.zcard('batch-gpt:open-windows:delayed')) === 1);
    expect(heard).toHaveLength(1);
  });

  test('an open after a ring does not put the ring off', async () => {
    const { heard, finish } = hearWithFirstHeld();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    await signals.bells.ring(group, 'more');
    await signals.bells.open(group, HOUR);
    finish();
    await eventually(() => heard.length === 2);
    expect(heard[1]).toEqual({ group, trigger: 'more' });
  });

  test('a bell whose handler failed rings again', async () => {
    const heard: OpenWindowJob[] = [];
    hear((bell) => {
      heard.push(bell);
      return heard.length === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
    });
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 2);
  });

  test.each([
    ['colons', 'ft:gpt-4o:acme::id'],
    ['bars', 'a|b'],
    ['glob characters', '{x}*?[y]'],
    ['quotes and spaces', '100% ü "q" \\'],
    ['the longest name', 'm'.repeat(256)],
  ])('rings for a model with %s', async (_case, model) => {
    const odd = aGroup(model);
    const heard: OpenWindowJob[] = [];
    hear((bell) => Promise.resolve(void heard.push(bell)));
    await signals.bells.open(odd, HOUR);
    await signals.bells.ring(odd, 'bytes');
    await eventually(() => heard.length === 1);
    expect(heard[0]?.group).toBe(odd);
  });

  test('none of 6,000 requests is left behind, and a group never closes twice at a time', async () => {
    const groups = Array.from({ length: 600 }, (_, index) => aGroup(`model-${index}`));
    const waiting = new Map<GroupId, number>();
    const closing = new Set<GroupId>();
    let collected = 0;
    let overlaps = 0;
    hear(async (bell) => {
      if (closing.has(bell.group)) overlaps += 1;
      closing.add(bell.group);
      // What comes after this look belongs to the next bell.
      collected += waiting.get(bell.group) ?? 0;
      waiting.delete(bell.group);
      for (let turn = 0; turn < 5; turn += 1) await signals.redis.ping();
      closing.delete(bell.group);
    }, 100);
    // Ten requests of a group, one after the other, so that most of them meet an active bell, the last one too.
    const accept = async (target: GroupId, index: number) => {
      for (let request = 0; request < 10; request += 1) {
        waiting.set(target, (waiting.get(target) ?? 0) + 1);
        if ((index + request) % 5 === 0) await signals.bells.ring(target, 'lines');
        else await signals.bells.open(target, request % 3);
      }
    };
    for (let from = 0; from < groups.length; from += 60) {
      await Promise.all(groups.slice(from, from + 60).map(accept));
    }
    await eventually(() => collected === 6_000);
    expect(overlaps).toBe(0);
  });

  test('finished bells leave nothing but counters and the short event stream', async () => {
    let heard = 0;
    hear(() => Promise.resolve(void (heard += 1)));
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard === 1);
    await eventually(async () => {
      const keys = (await signals.redis.keys('*')).map((key) => key.replace('batch-gpt:open-windows:', '')).sort();
      return keys.filter((key) => !['id', 'meta', 'events', 'stalled-check', 'marker'].includes(key)).length === 0;
    });
  });
});
