import type { RequestKey } from '@batch-gpt/contracts';
import { silentLogger as logger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSignals, type Signals } from '../create-signals.ts';
import { aKey } from '../test-data.ts';
import {
  createOutcomeSubscriber,
  type OutcomeSubscriber,
  type OutcomeSubscriberOptions,
  type ResyncReason,
} from './outcome-subscriber.ts';
import { startWire } from './test-wire.ts';

const channel = 'batch-gpt:outcome-channel';
let server: TestServer;
let stack: AsyncDisposableStack;
let signals: Signals;
let keys: RequestKey[];
let messages: number;
let reasons: ResyncReason[];
let warnings: string[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  [keys, reasons, warnings, messages] = [[], [], [], 0];
  await server.restart();
  signals = stack.use(createSignals({ redisUrl: server.url, logger }));
  await signals.fitness();
});
afterEach(async () => {
  await stack.disposeAsync();
});

const silence = 'the outcome channel is silent, connecting anew';

const subscribe = (options: Partial<OutcomeSubscriberOptions> = {}): OutcomeSubscriber =>
  stack.use(
    createOutcomeSubscriber({
      redisUrl: server.url,
      logger: { ...logger, warn: (msg) => void warnings.push(msg) },
      onKeys: (heard) => {
        messages += 1;
        keys.push(...heard);
      },
      onResync: (reason) => void reasons.push(reason),
      heartbeatEveryMs: 50,
      heartbeatLimitMs: 400,
      ...options,
    }),
  );

const someKeys = (count: number) => Array.from({ length: count }, (_, index) => aKey(index));

describe('the outcome channel', () => {
  test('brings keys to every subscriber, 500 a message', async () => {
    subscribe();
    subscribe();
    await eventually(() => reasons.length === 2);
    await signals.outcomes.announceOutcomes(someKeys(1_201));
    await eventually(() => keys.length === 2 * 1_201);
    expect(messages).toBe(6);
    expect(new Set(keys).size).toBe(1_201);
  });

  test('announcing nothing sends nothing', async () => {
    subscribe();
    await eventually(() => reasons.length === 1);
    await signals.outcomes.announceOutcomes([]);
    await signals.outcomes.announceOutcomes(someKeys(1));
    await eventually(() => keys.length === 1);
    expect(messages).toBe(1);
  });

  test('asks for a re-check only when it is subscribed', async () => {
    const subscribers: number[] = [];
    subscribe({
      onResync: async () => {
        subscribers.push(Number((await signals.redis.pubsub('NUMSUB', channel))[1]));
      },
    });
    await eventually(() => subscribers.length === 1);
    expect(subscribers).toEqual([1]);
  });

  test('ignores what is no event', async () => {
    subscribe();
    await eventually(() => reasons.length === 1);
    for (const message of ['nonsense', '{"kind":"outcomes","keys":["x"]}'])
      await signals.redis.publish(channel, message);
    await signals.outcomes.announceOutcomes(someKeys(1));
    await eventually(() => keys.length === 1);
    expect(keys).toEqual(someKeys(1));
  });

  test('subscribes again and asks for a re-check when its connection is killed', async () => {
    subscribe();
    await eventually(() => reasons.length === 1);
    await signals.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await eventually(() => reasons.length === 2);
    expect(reasons).toEqual(['started', 'reconnected']);
    await signals.outcomes.announceOutcomes(someKeys(1));
    await eventually(() => keys.length === 1);
  });

  test('comes back after Redis was killed', async () => {
    const subscriber = subscribe();
    await eventually(() => subscriber.isLive());
    await server.kill();
    await eventually(() => !subscriber.isLive());
    await server.restart();
    await eventually(() => reasons.length > 1 && subscriber.isLive());
    await eventually(() => signals.ping().then(() => true));
    // A message may be lost while connections come back: it is said again until it is heard.
    await eventually(
      async () => {
        await signals.outcomes.announceOutcomes(someKeys(1));
        return keys.length > 0;
      },
      { intervalMs: 200 },
    );
    // Messages keep their order: what was said twice is heard by now, and not by the next test.
    await signals.outcomes.announceOutcomes([aKey(9)]);
    await eventually(() => keys.includes(aKey(9)));
  });

  test('notices that Redis is silent, and asks for a re-check when it speaks again', async () => {
    const subscriber = subscribe();
    await eventually(() => subscriber.isLive());
    await server.pause();
    await eventually(() => warnings.includes(silence)).finally(() => server.resume());
    await eventually(() => subscriber.isLive() && reasons.includes('silent'));
    await signals.outcomes.announceOutcomes(someKeys(1));
    await eventually(() => keys.length === 1);
  });

  test('notices that its connection is half open', async () => {
    const wire = stack.use(await startWire(server.port));
    const subscriber = subscribe({ redisUrl: wire.url });
    await eventually(() => subscriber.isLive());
    wire.stall();
    await signals.outcomes.announceOutcomes(someKeys(1));
    await eventually(() => reasons.includes('silent'));
    await eventually(() => subscriber.isLive());
    expect(keys).toEqual([]);
    await signals.outcomes.announceOutcomes([aKey(7)]);
    await eventually(() => keys.length === 1);
  });

  test('starts while Redis is down', async () => {
    await server.kill();
    const subscriber = subscribe();
    expect(subscriber.isLive()).toBe(false);
    await server.restart();
    await eventually(() => subscriber.isLive());
    expect(reasons[0]).toMatch(/started|silent/);
  });

  test('goes on when a re-check fails', async () => {
    subscribe({
      onResync: (reason) => {
        reasons.push(reason);
        throw new Error('the store is away');
      },
    });
    await eventually(() => reasons.length === 1);
    await signals.outcomes.announceOutcomes(someKeys(1));
    await eventually(() => keys.length === 1);
  });
});
