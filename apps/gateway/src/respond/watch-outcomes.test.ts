import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type RequestKey } from '@batch-gpt/contracts';
import { type RequestRecord } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import {
  createMemoryStores,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleRequests,
  sampleSettlement,
  sampleTime,
} from '@batch-gpt/testing';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createWithin } from '../within.ts';
import { createWaiters } from './waiters.ts';
import { watchOutcomes } from './watch-outcomes.ts';

function setUp() {
  const { requests, batches } = createMemoryStores();
  const clock = createManualGatewayClock(sampleTime);
  const lookups: number[] = [];
  const waiters = createWaiters({
    monotonic: () => clock.monotonic(),
    recheck: (key: RequestKey) => watch.look([key]),
    suspects: () => false,
  });
  let gate: Promise<unknown> = Promise.resolve();
  const watch = watchOutcomes({
    allServed: () => Promise.resolve(),
    requests: {
      lookup: async (keys) => {
        lookups.push(keys.length);
        const page = await requests.lookup(keys);
        await gate;
        return page;
      },
    },
    batches,
    waiters,
    within: createWithin(5000, clock),
    clock,
    logger: silentLogger,
    sweepEvery: 10_000,
  });
  const finish = async (count: number) => {
    const keys = Array.from({ length: count }, (_, n) => sampleKey(n));
    for (let at = 0; at < count; at += 1000)
      await requests.claim(sampleGroup(), sampleBatchId(1), keys.slice(at, at + 1000), sampleTime);
    await requests.settle(
      sampleBatchId(1),
      keys.map((key) => sampleSettlement(key)),
    );
    return keys;
  };
  /** What waits for the loop: turns of the event loop until it rests. */
  const settle = async () => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  const close = (promise: Promise<unknown>) => {
    gate = promise;
  };
  return { requests, clock, lookups, waiters, watch, finish, settle, close };
}

let it: ReturnType<typeof setUp>;
beforeEach(() => {
  it = setUp();
});
afterEach(async () => {
  await it.watch[Symbol.asyncDispose]();
});

const rowOf = async (key: RequestKey): Promise<RequestRecord> => {
  const row = (await it.requests.lookup([key])).rows.get(key);
  if (row === undefined) throw new Error('no such row');
  return row;
};

test('an announcement that comes while a call is still deciding is looked up when it is armed', async () => {
  await it.requests.insert(sampleRequests(1));
  const waiter = it.waiters.register(sampleKey(0));
  const seen = await rowOf(sampleKey(0));
  it.watch.look(await it.finish(1));
  await it.settle();
  expect(it.waiters.size).toBe(1);
  waiter.arm(seen, null);
  expect((await waiter.ended).kind).toBe('outcome');
});

test('a look-up that began before a waiter was armed says nothing to it', async () => {
  // The look-up for the first waiter finds no row yet, and comes back after the second one’s row was stored.
  const { promise, resolve } = Promise.withResolvers<undefined>();
  await it.requests.insert(sampleRequests(1));
  const row = await rowOf(sampleKey(0));
  const first = it.waiters.register(sampleKey(1));
  first.arm({ ...row, key: sampleKey(1) }, null);
  it.close(promise);
  it.watch.look([sampleKey(1)]);
  await it.settle();
  const second = it.waiters.register(sampleKey(1));
  await it.requests.insert(sampleRequests(1, {}, 1));
  second.arm(await rowOf(sampleKey(1)), null);
  resolve(undefined);
  expect((await first.ended).kind).toBe('lost');
  await it.settle();
  expect(it.waiters.size).toBe(1);
});

test('a row that has ended with what a call refused has no other outcome for it', async () => {
  await it.requests.insert(sampleRequests(1));
  const keys = await it.finish(1);
  const row = await rowOf(sampleKey(0));
  const waiter = it.waiters.register(sampleKey(0));
  waiter.arm(row, row.state === 'done' ? row.doneAt : null);
  it.watch.look(keys);
  expect(await waiter.ended).toEqual({ kind: 'cancelled' });
});

test('many keys are looked up in chunks, once each, and keys that nobody waits for not at all', async () => {
  await it.requests.insert(sampleRequests(1200));
  const waiting = await Promise.all(
    Array.from({ length: 1200 }, async (_, n) => {
      const waiter = it.waiters.register(sampleKey(n));
      waiter.arm(await rowOf(sampleKey(n)), null);
      return waiter;
    }),
  );
  it.watch.look([sampleKey(5000)]);
  await it.settle();
  expect(it.lookups).toEqual([]);
  await it.finish(1200);
  it.watch.resync();
  await Promise.all(waiting.map(({ ended }) => ended));
  expect(it.lookups).toEqual([500, 500, 200]);
  expect(it.waiters.size).toBe(0);
});

test('draining ends those who wait and those who come later', async () => {
  const before = it.waiters.register(sampleKey(1));
  it.waiters.drain();
  const after = it.waiters.register(sampleKey(1));
  expect([(await before.ended).kind, (await after.ended).kind]).toEqual(['draining', 'draining']);
  expect(it.waiters.size).toBe(0);
});
