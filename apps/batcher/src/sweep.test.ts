/*
 * The sweep with every signal lost: what is in the store is found, and found again until it is done.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleBatch, sampleBatchId, sampleKey, sampleSettlement } from '@batch-gpt/testing';
import { sweep } from './sweep.ts';
import { createTestBatcher, createWorld, type World } from './testing/test-batcher.ts';

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
});
