/*
 * A loop ends in several turns of the microtask queue, and a key may become due in any of them. These tests let it, in
 * each turn that comes into question after the loop's last call of the store.
 */
import { EventEmitter } from 'node:events';
import { expect, test } from '@jest/globals';
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
import { noteDeliveries } from './note-deliveries.ts';
import { createWaiters } from './waiters.ts';
import { watchOutcomes } from './watch-outcomes.ts';

const turns = Array.from({ length: 30 }, (_one, n) => n);

async function after(turn: number, run: () => void): Promise<void> {
  for (let passed = 0; passed < turn; passed += 1) await Promise.resolve();
  run();
}
const rest = async () => {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Two rows: the first is collected by a batch, the second is done. */
async function twoRows() {
  const { requests, batches } = createMemoryStores();
  await requests.insert(sampleRequests(2));
  const keys = [sampleKey(0), sampleKey(1)] as const;
  await requests.claim(sampleGroup(), sampleBatchId(1), [...keys], sampleTime);
  const { rows: pending } = await requests.lookup(keys);
  await requests.settle(sampleBatchId(1), [sampleSettlement(keys[1])]);
  return { requests, batches, keys, pending };
}

test.each(turns)('a key that becomes due %i turns before the look-ups end is looked up', async (turn) => {
  const { requests, batches, keys, pending } = await twoRows();
  const clock = createManualGatewayClock(sampleTime);
  const waiters = createWaiters({ monotonic: () => 0, recheck: () => undefined, suspects: () => false });
  let late: Promise<void> | null = null;
  await using watch = watchOutcomes({
    allServed: () => Promise.resolve(),
    requests,
    batches: {
      getMany: async (ids) => {
        const found = await batches.getMany(ids);
        late ??= after(turn, () => watch.look([keys[1]]));
        return found;
      },
    },
    waiters,
    within: (work) => work,
    clock,
    logger: silentLogger,
    sweepEvery: 10_000,
  });
  const [, second] = keys.map((key) => armed(key));
  watch.look([keys[0]]);
  await rest();
  expect(late).not.toBeNull();
  expect(waiters.size).toBe(1);
  expect((await second?.ended)?.kind).toBe('outcome');

  function armed(key: RequestKey) {
    const waiter = waiters.register(key);
    const row = pending.get(key);
    if (row === undefined) throw new Error('no such row');
    waiter.arm(row, null);
    return waiter;
  }
});

test.each(turns)('a delivery that comes %i turns before the notes end is noted', async (turn) => {
  const { requests, keys } = await twoRows();
  const done = (await requests.lookup(keys)).rows.get(keys[1]);
  if (done?.state !== 'done') throw new Error('no such row');
  const noted: RequestKey[] = [];
  let late: Promise<void> | null = null;
  await using deliveries = noteDeliveries({
    requests: {
      markDelivered: (those) => {
        noted.push(...those);
        late ??= after(turn, () => deliver({ ...done, key: keys[0], base: keys[0] }));
        return Promise.resolve();
      },
    },
    within: (work) => work,
    logger: silentLogger,
  });
  deliver({ ...done, base: keys[1] });
  await rest();
  expect(noted).toEqual([keys[1], keys[0]]);

  function deliver(record: RequestRecord): void {
    const res = new EventEmitter();
    deliveries.noteWhenSent(record, res as unknown as Parameters<typeof deliveries.noteWhenSent>[1]);
    res.emit('finish');
  }
});
