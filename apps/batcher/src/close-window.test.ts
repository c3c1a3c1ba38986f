import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sampleAccount, sampleKey } from '@batch-gpt/testing';
import { returnRowsOf } from './void-batch.ts';
import { sweep } from './sweep.ts';
import { createTestBatcher, createWorld, type World } from './testing/test-batcher.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
afterEach(() => world[Symbol.asyncDispose]());

describe('closing a window', () => {
  it('makes one batch of what was accepted, oldest first, and hands it on', async () => {
    await world.accept(3);
    const { close, batch, held } = createTestBatcher(world);
    await close();
    expect(await batch()).toMatchObject({ sizes: { lines: 3 }, group: world.group, owner: 'batcher-1' });
    const { rows } = await world.stores.requests.lookup([0, 1, 2].map(sampleKey));
    expect([...rows.values()].map((row) => row.state)).toEqual(['collected', 'collected', 'collected']);
    await held[Symbol.asyncDispose]();
  });

  it('rings again when more is left than a batch holds', async () => {
    await world.accept(5);
    const { close, batch, held } = createTestBatcher(world, 'b', { limits: { lines: 2, bytes: 1e9, inputs: 10 } });
    await close();
    expect((await batch()).sizes.lines).toBe(2);
    expect(world.signals.seen.rung).toEqual([{ group: world.group, trigger: 'more' }]);
    await held[Symbol.asyncDispose]();
  });

  it('leaves no record behind when nothing waits', async () => {
    await createTestBatcher(world).close();
    expect(await world.stores.batches.open(null, 10)).toHaveLength(0);
  });

  it('closes nothing while the account is parked', async () => {
    await world.accept(1);
    const { close, deps } = createTestBatcher(world);
    deps.accounts.of(sampleAccount)?.account.park({
      status: 401,
      code: 'invalid_api_key',
      message: 'no',
      param: null,
      type: 'invalid_request_error',
    });
    await close();
    expect(await world.stores.batches.open(null, 10)).toHaveLength(0);
  });

  it('voids the batch after an unclear answer to a claim, and its rows go back unchanged', async () => {
    await world.accept(2);
    const requests = world.stores.requests;
    const { close, deps } = createTestBatcher(world, 'b', {
      requests: {
        ...requests,
        claim: async (...args: Parameters<typeof requests.claim>) => {
          await requests.claim(...args);
          throw new Error('the answer was lost');
        },
      },
    });
    await expect(close()).rejects.toThrow('lost');
    expect(await world.stores.batches.open(null, 10)).toHaveLength(0);
    await sweep({ ...deps, requests }, new AbortController().signal);
    const { rows } = await requests.lookup([0, 1].map(sampleKey));
    expect([...rows.values()].map(({ state, attempt, rounds }) => ({ state, attempt, rounds }))).toEqual([
      { state: 'accepted', attempt: 0, rounds: 0 },
      { state: 'accepted', attempt: 0, rounds: 0 },
    ]);
  });
});

describe('returning the rows of a void batch', () => {
  it('separates the halves of a poison search', async () => {
    await world.accept(2);
    const { close, batch, held } = createTestBatcher(world);
    await close();
    const formed = await batch();
    await held[Symbol.asyncDispose]();
    const groups = await returnRowsOf({ requests: world.stores.requests }, { ...formed, depth: 256 });
    expect(groups.size).toBe(1);
    const due = await world.stores.requests.groupsWithAccepted(null, 10);
    expect(due.map(({ group }) => group)).toEqual([...groups]);
  });
});
