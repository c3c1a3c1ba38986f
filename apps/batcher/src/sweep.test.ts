/*
 * The sweep with every signal lost: what is in the store is found, and found again until it is done.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  sampleAccount,
  sampleBatch,
  sampleBatchId,
  sampleKey,
  sampleLedgerEntry,
  sampleOutcome,
  sampleSettlement,
  sampleTenant,
} from '@batch-gpt/testing';
import { createFullStoreAlarm } from './full-store-alarm.ts';
import { sweep } from './sweep.ts';
import { createTestBatcher, createWorld, type World } from './testing/test-batcher.ts';

const hour = 3_600_000;
const day = 24 * hour;

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

const run = () => sweep(createTestBatcher(world).deps, new AbortController().signal);
const rung = () => world.signals.seen.rung.map(({ group }) => group);

describe('the sweep', () => {
  // field 2, field 14, seed S12: the process that ended the batch died before it could say so
  it('announces batches that ended until they are settled, and no others', async () => {
    const states = ['ended', 'abandoned', 'submitted', 'settled', 'void'] as const;
    for (const [n, state] of states.entries()) await world.stores.batches.insert(sampleBatch(n, { state }));
    await run();
    await run();
    const unsettled = [0, 1].map(sampleBatchId);
    expect(world.signals.seen.ended.toSorted()).toEqual([...unsettled, ...unsettled].toSorted());
  });

  // seed S10: accepted, but nobody was told
  it('rings for a group once its oldest request has waited for its window', async () => {
    await world.accept(2);
    const oldest = (await world.stores.requests.groupsWithAccepted(null, 1))[0]?.oldestAcceptedAt ?? 0;
    world.clock.jump(oldest + 4999 - world.clock.now());
    await run();
    expect(rung()).toEqual([]);
    world.clock.jump(1);
    await run();
    expect(rung()).toEqual([world.group]);
  });

  // field 23, seed S22
  it('removes ended requests past their time, and leaves the others', async () => {
    await world.accept(3);
    const [gone, kept, open] = [0, 1, 2].map(sampleKey);
    if (gone === undefined || kept === undefined || open === undefined) throw new Error('three keys were made');
    await world.stores.requests.claim(world.group, sampleBatchId(0), [gone, kept], world.clock.now());
    await world.stores.requests.settle(sampleBatchId(0), [
      { ...sampleSettlement(gone), expiresAt: world.clock.now() - 1 },
      { ...sampleSettlement(kept), expiresAt: world.clock.now() + 1 },
    ]);
    await run();
    expect([...(await world.stores.requests.lookup([gone, kept, open])).rows.keys()]).toEqual([kept, open]);
  });

  it('removes settled batches past their keep, and void ones that no row carries', async () => {
    const { batches, requests } = world.stores;
    const longAgo = world.clock.now() - 500 * day;
    const old = (n: number, state: 'settled' | 'void' | 'submitted') =>
      batches.insert(sampleBatch(n, { state, updatedAt: longAgo }));
    await Promise.all([old(1, 'settled'), old(2, 'void'), old(3, 'void'), old(4, 'submitted')]);
    await batches.insert(sampleBatch(5, { state: 'settled', updatedAt: world.clock.now() - 399 * day }));
    await batches.insert(sampleBatch(6, { state: 'void', updatedAt: world.clock.now() - 6 * day }));
    // A claim that was sent before the batch was given up and came after: first its row goes back.
    await world.accept(1);
    await requests.claim(world.group, sampleBatchId(3), [sampleKey(0)], world.clock.now());
    const { deps } = createTestBatcher(world, 'batcher-1', {
      requests: { ...requests, collectedBatchIds: () => Promise.resolve([]) },
    });
    await sweep(deps, new AbortController().signal);
    const left = async () => [...(await batches.getMany([1, 2, 3, 4, 5, 6].map(sampleBatchId))).keys()];
    expect(await left()).toEqual([3, 4, 5, 6].map(sampleBatchId));
    await run();
    expect(await left()).toEqual([4, 5, 6].map(sampleBatchId));
    expect((await requests.lookup([sampleKey(0)])).rows.get(sampleKey(0))?.state).toBe('accepted');
  });

  it('removes what the ledger says of days before those of the oldest batches that are kept', async () => {
    const { ledger } = world.stores;
    const dayAt = (time: number) => new Date(time).toISOString().slice(0, 10);
    const keepFrom = world.clock.now() - createTestBatcher(world).deps.keep.settledBatches;
    const days = [keepFrom - day, keepFrom, keepFrom + day].map(dayAt);
    await ledger.add(days.map((on) => sampleLedgerEntry({ day: on })));
    await run();
    const left = await ledger.read({ tenant: null, fromDay: '0000-01-01', toDay: '9999-12-31' }, 10);
    expect(left.map((entry) => entry.day)).toEqual(days.slice(1));
  });

  it('removes names and ids past their time', async () => {
    const { idempotency, ownedIds } = world.stores;
    const now = world.clock.now();
    const record = { tenant: sampleTenant, content: sampleKey(1), key: sampleKey(1), createdAt: now - day };
    await idempotency.remember({ ...record, id: 'old', expiresAt: now - 1 });
    await idempotency.remember({ ...record, id: 'young', expiresAt: now + 1 });
    const owned = { tenant: sampleTenant, kind: 'relayed', account: sampleAccount, key: null, text: null } as const;
    const id = (name: string, expiresAt: number) => ({
      ...owned,
      id: name,
      createdAt: now,
      cancelledAt: null,
      expiresAt,
    });
    await ownedIds.insert([id('old', now - 1), id('young', now + 1)]);
    await run();
    expect(await ownedIds.ownedAmong(sampleTenant, ['old', 'young'])).toEqual(new Set(['young']));
    expect((await idempotency.remember({ ...record, id: 'young', expiresAt: now + 9 })).isNew).toBe(false);
    expect(await idempotency.removeExpired(now, 10)).toBe(0);
  });

  it('evicts the oldest while more is stored than is allowed, and tells the gateways', async () => {
    const { requests } = world.stores;
    await world.accept(6);
    const keys = [0, 1, 2, 3, 4, 5].map(sampleKey);
    await requests.claim(world.group, sampleBatchId(0), keys, world.clock.now());
    await world.clock.advance(25 * hour);
    const settlements = keys.map((key, n) => {
      const outcome = sampleOutcome({ at: world.clock.now() - (n === 0 ? 23 : 24.5) * hour });
      return { ...sampleSettlement(key), outcome, expiresAt: world.clock.now() + (6 - n) * day };
    });
    await requests.settle(sampleBatchId(0), settlements);
    let stored = 30;
    const cache = {
      storedBytes: () => Promise.resolve(stored),
      evictOldest: async (before: number, _limit: number, now: number) => {
        stored -= 10;
        return world.stores.cache.evictOldest(before, 2, now);
      },
    };
    const keep = { settledBatches: day, storedBytes: 15 };
    await sweep(createTestBatcher(world, 'batcher-1', { cache, keep }).deps, new AbortController().signal);
    // Twice two: the oldest, though they would stay longest, but never the one that ended within a day.
    expect([...(await requests.lookup(keys)).rows.keys()]).toEqual([0, 5].map(sampleKey));
    expect(world.signals.seen.outcomes.flat().toSorted()).toEqual([1, 2, 3, 4].map(sampleKey));

    stored = 1000;
    await sweep(createTestBatcher(world, 'batcher-1', { cache, keep }).deps, new AbortController().signal);
    expect([...(await requests.lookup(keys)).rows.keys()]).toEqual([sampleKey(0)]);
  });

  it('warns of a store that stays too full when that begins and every ten minutes, and says when it is over', async () => {
    const told: string[] = [];
    const note = (text: string) => void told.push(text);
    const fullStore = createFullStoreAlarm(world.clock, { warn: note, info: note });
    let stored = 30;
    const cache = { ...world.stores.cache, storedBytes: () => Promise.resolve(stored) };
    const keep = { settledBatches: day, storedBytes: 15 };
    const { deps } = createTestBatcher(world, 'batcher-1', { cache, keep, fullStore });
    const sweepOften = async (times: number) => {
      for (let n = 0; n < times; n += 1) {
        await sweep(deps, new AbortController().signal);
        await world.clock.advance(15_000);
      }
    };
    const full = 'the store is fuller than allowed and holds nothing that may go';
    const over = 'the store is not fuller than allowed any more';
    await sweepOften(40);
    expect(told).toEqual([full]);
    await sweepOften(1);
    expect(told).toEqual([full, full]);
    stored = 10;
    await sweepOften(5);
    expect(told).toEqual([full, full, over]);
    stored = 30;
    await sweepOften(5);
    expect(told).toEqual([full, full, over, full]);
  });
});
