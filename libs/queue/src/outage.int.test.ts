import type { OpenWindowJob } from '@batch-gpt/contracts';
import { silentLogger as logger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createBellConsumer } from './bell-consumer.ts';
import { createConsumer } from './create-consumer.ts';
import { createSignals, type Signals } from './create-signals.ts';
import { aBatchId, aGroup, aKey, someAccepted } from './test-data.ts';

const HOUR = 3_600_000;
const group = aGroup();
let server: TestServer;
let stack: AsyncDisposableStack;

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  await server.restart({ empty: true });
});
afterEach(async () => {
  await stack.disposeAsync();
});

const give = () => stack.use(createSignals({ redisUrl: server.url, logger, sweepEveryMs: HOUR }));

const everySignal = (signals: Signals) => ({
  accepted: () => signals.accepted.announceAccepted([someAccepted(group, 3)]),
  open: () => signals.bells.open(group, HOUR),
  ring: () => signals.bells.ring(group, 'operator'),
  add: () => signals.hints.add(group, { lines: 1, bytes: 1, tokens: 1, inputs: 0 }),
  clear: () => signals.hints.clear(group),
  ended: () => signals.ended.announceEnded(aBatchId(1)),
  outcomes: () => signals.outcomes.announceOutcomes([aKey(1)]),
  sweeps: () => signals.sweeps.ensure(),
  ping: () => signals.ping(),
});

async function expectAllRefused(signals: Signals): Promise<void> {
  const calls = Object.values(everySignal(signals)).map((give) => give());
  for (const result of await Promise.allSettled(calls)) {
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'queue_unavailable' } });
  }
}

async function expectAllGiven(signals: Signals): Promise<void> {
  await eventually(() => signals.ping().then(() => true));
  for (const give of Object.values(everySignal(signals))) await give();
}

function hearBells(signals: Signals): OpenWindowJob[] {
  const heard: OpenWindowJob[] = [];
  stack.use(
    createBellConsumer({
      redisUrl: server.url,
      redis: signals.redis,
      logger,
      concurrency: 5,
      handler: (bell) => Promise.resolve(void heard.push(bell)),
    }),
  );
  return heard;
}

// A hang shows as a test that runs out of these 10 s.
describe('signals, each one refused within the time of a call', () => {
  test('while Redis is down, and given again when it is back', async () => {
    const signals = give();
    await expectAllGiven(signals);
    await server.kill();
    await expectAllRefused(signals);
    await server.restart({ empty: true });
    await expectAllGiven(signals);
  }, 10_000);

  test('while Redis is frozen, and given again when it goes on', async () => {
    const signals = give();
    await expectAllGiven(signals);
    await server.pause();
    try {
      await expectAllRefused(signals);
      await eventually(() => signals.redis.status !== 'ready');
      await expectAllRefused(signals);
    } finally {
      server.resume();
    }
    await expectAllGiven(signals);
  }, 15_000);

  test('when created while Redis is down, and given when it comes', async () => {
    await server.kill();
    const signals = give();
    expect(await signals.fitness()).toEqual({ kind: 'away' });
    await expectAllRefused(signals);
    await server.restart();
    await expectAllGiven(signals);
    expect(await signals.fitness()).toMatchObject({ kind: 'fit' });
  }, 15_000);
});

describe('consumers go on', () => {
  test('after a flush of all data', async () => {
    const signals = give();
    const heard = hearBells(signals);
    await signals.fitness();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    for (const round of [2, 3, 4]) {
      await signals.redis.flushall();
      await signals.bells.ring(group, 'lines');
      await eventually(() => heard.length === round);
    }
    await signals.redis.flushall();
    await signals.bells.open(group, 10);
    await eventually(() => heard.length === 5);
  });

  test('after a flush while a job is active', async () => {
    const signals = give();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const seen: string[] = [];
    stack.use(
      createConsumer('finishedBatches', {
        redisUrl: server.url,
        logger,
        concurrency: 2,
        handler: async ({ batchId }) => {
          seen.push(batchId);
          if (seen.length === 1) await promise;
        },
      }),
    );
    await signals.fitness();
    await signals.ended.announceEnded(aBatchId(1));
    await eventually(() => seen.length === 1);
    await signals.redis.flushall();
    resolve(undefined);
    await signals.ended.announceEnded(aBatchId(1));
    await eventually(() => seen.length === 2);
    await signals.ended.announceEnded(aBatchId(2));
    await eventually(() => seen.length === 3);
  });

  test('after Redis was killed and came back empty', async () => {
    const signals = give();
    const heard = hearBells(signals);
    await signals.fitness();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    await server.kill();
    await server.restart({ empty: true });
    await eventually(() => signals.ping().then(() => true));
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 2);
    await signals.bells.open(group, 10);
    await eventually(() => heard.length === 3);
  });

  test('after Redis was frozen', async () => {
    const signals = give();
    const heard = hearBells(signals);
    await signals.fitness();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    await server.pause();
    try {
      await expectAllRefused(signals);
      await eventually(() => signals.redis.status !== 'ready');
    } finally {
      server.resume();
    }
    await eventually(() => signals.ping().then(() => true));
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 2);
  });

  test('when started while Redis is down', async () => {
    await server.kill();
    const signals = give();
    const heard = hearBells(signals);
    await server.restart();
    await eventually(() => signals.ping().then(() => true));
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
  });

  test('and end in bounded time while Redis is down', async () => {
    const signals = give();
    const heard = hearBells(signals);
    await signals.fitness();
    await signals.bells.ring(group, 'lines');
    await eventually(() => heard.length === 1);
    await server.kill();
    await stack.disposeAsync();
    await eventually(() => signals.redis.status === 'end');
  }, 15_000);

  test('and end in bounded time when Redis was never there', async () => {
    await server.kill();
    const signals = give();
    hearBells(signals);
    await stack.disposeAsync();
    await eventually(() => signals.redis.status === 'end');
  }, 15_000);
});
