/*
 * The submit protocol under faults, in virtual time: whatever is lost or dies, each line reaches the provider in one
 * batch that ran.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defaultProtocolTimings } from '@batch-gpt/domain';
import { sampleAccount, sampleKey } from '@batch-gpt/testing';
import { createAccountBudgets } from './account-budgets.ts';
import { createTakeOver } from './take-over-batches.ts';
import { createTestBatcher, createWorld, type TestBatcher, type World } from './testing/test-batcher.ts';

let world: World;
beforeEach(async () => {
  world = createWorld();
  await world.accept(4);
});
afterEach(() => world[Symbol.asyncDispose]());

const minute = 60_000;

/** Runs time on until the condition holds. */
async function until(condition: () => boolean | Promise<boolean>, limit = 60 * minute): Promise<void> {
  for (let passed = 0; passed < limit; passed += 1000) {
    if (await condition()) return;
    await world.clock.advance(1000);
    // Real file and stream work of a step needs turns of the loop that virtual time does not give.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error('the condition did not come true in time');
}

const isIn = (batcher: TestBatcher, state: string) => async () => (await batcher.batch()).state === state;

describe('a create whose answer is lost', () => {
  // field 1
  it('is found by listing and bound, never created again', async () => {
    world.provider.script('create', { kind: 'doubtful', happens: 'now' });
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.creates).toHaveLength(1);
    expect((await batcher.batch()).providerBatchId).toBe([...world.provider.created.keys()][0]);
    await batcher.held[Symbol.asyncDispose]();
  });

  // field 1
  it('is found in spite of a list that lags', async () => {
    world.provider.setListLag(30_000);
    world.provider.script('create', { kind: 'doubtful', happens: 'now' });
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.created.size).toBe(1);
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('a create that never happened', () => {
  it('is repeated only after the input file was deleted and the list looked at again', async () => {
    world.provider.script('create', { kind: 'doubtful', happens: 'never' });
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(isIn(batcher, 'submitting'));
    const { inputFileId } = await batcher.batch();
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.creates).toHaveLength(2);
    expect(world.provider.creates[1]?.inputFileId).not.toBe(inputFileId);
    expect(world.provider.files.has(inputFileId ?? '')).toBe(false);
    expect(world.provider.created.size).toBe(1);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('cannot happen late: the fence refuses it', async () => {
    world.provider.script('create', { kind: 'doubtful', happens: 'later' });
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(async () => (await batcher.batch()).fencedAt !== null);
    expect(world.provider.runLateCreates()).toEqual([]);
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.created.size).toBe(1);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('is bound when it happens late but before the fence', async () => {
    world.provider.script('create', { kind: 'doubtful', happens: 'later' });
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(isIn(batcher, 'submitting'));
    await world.clock.advance(90_000);
    expect(world.provider.runLateCreates()).toHaveLength(1);
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.creates).toHaveLength(1);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('has a fence of its own: the one of an earlier attempt does not count', async () => {
    world.provider.script('create', { kind: 'doubtful', happens: 'now' }, { kind: 'doubtful', happens: 'later' });
    world.provider.setListLag(150_000);
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(isIn(batcher, 'submitted'));
    expect((await batcher.batch()).fencedAt).not.toBeNull();
    world.provider.setListLag(0);
    const errors = [{ code: 'invalid_request', message: 'Cannot find file', param: 'file_id', line: null }];
    world.provider.setBatch([...world.provider.created.keys()][0] ?? '', { status: 'failed', errors });
    await until(() => world.provider.creates.length === 3);
    expect(world.provider.runLateCreates()).toEqual([]);
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.created.size).toBe(2);
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('definite refusals', () => {
  const cause = { status: 429, code: 'rate_limit_exceeded', message: 'slow down', param: null, type: 'requests' };

  it('go back to uploaded before waiting, and the next create has an intent of its own', async () => {
    world.provider.script('create', { kind: 'wait', retryAfter: 5000, cause }, { kind: 'parked', cause });
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(isIn(batcher, 'submitted'));
    expect(world.provider.creates.map((create) => create.metadata['batch_gpt_attempt'])).toEqual(['1', '2', '3']);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('of a whole file halve it until the bad line is alone', async () => {
    const refused = { kind: 'refused', cause: { ...cause, status: 400, code: 'invalid_file' } } as const;
    world.provider.script('create', refused);
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(async () => (await world.stores.batches.open(null, 10)).length === 0);
    const due = await world.stores.requests.groupsWithAccepted(null, 10);
    expect(due.map(({ group }) => group.split('|').at(-1))).toEqual(['0']);
    expect(world.signals.seen.rung).toHaveLength(1);
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('a provider that refuses everything', () => {
  it('is asked a bounded number of times an hour, and callers are told after the deadline', async () => {
    const cause = { status: 400, code: 'odd', message: 'no', param: null, type: 'invalid_request_error' };
    world.provider.script('create', ...Array.from({ length: 40 }, () => ({ kind: 'refused', cause }) as const));
    const rates = { creations: 60, halvings: 1 };
    const budgets = createAccountBudgets(world.budgets, (_, kind) => rates[kind]);
    const timings = { ...defaultProtocolTimings, submitDeadline: 3 * minute };
    const batcher = createTestBatcher(world, 'b', { budgets, timings });
    await budgets.take(sampleAccount, 'halvings');
    await batcher.close();
    await until(async () => (await batcher.batch()).state === 'ended', 10 * minute);
    expect((await batcher.batch()).cause).toMatchObject({ code: 'submit_deadline_exceeded' });
    expect(world.provider.creates.length).toBeLessThan(10);
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('a row whose body is gone', () => {
  it('does not stop its group: halving finds it', async () => {
    const { requests } = world.stores;
    const memberBodies: typeof requests.memberBodies = async (...args) =>
      (await requests.memberBodies(...args)).filter(({ key }) => key !== sampleKey(2));
    const batcher = createTestBatcher(world, 'b', { requests: { ...requests, memberBodies } });
    await batcher.close();
    await until(async () => (await world.stores.batches.open(null, 10)).length === 0);
    const [due] = await requests.groupsWithAccepted(null, 10);
    expect(due?.group.endsWith('|0')).toBe(true);
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('a batcher that goes away', () => {
  const secondBatcher = () => {
    const batcher = createTestBatcher(world, 'batcher-2');
    const look = createTakeOver({ ...batcher.deps, held: batcher.held });
    return { batcher, look: () => look(new AbortController().signal) };
  };

  it('in an orderly way releases its batches, and another takes them at once', async () => {
    const first = createTestBatcher(world);
    await first.close();
    await until(isIn(first, 'submitted'));
    await first.held[Symbol.asyncDispose]();
    const second = secondBatcher();
    await second.look();
    expect(await second.batcher.batch()).toMatchObject({ owner: 'batcher-2', epoch: 2 });
    await second.batcher.held[Symbol.asyncDispose]();
  });

  it('without a word is taken for gone only after its beat stood still on the observer’s own clock', async () => {
    const first = createTestBatcher(world, 'batcher-1');
    await first.close();
    await until(isIn(first, 'submitted'));
    const second = secondBatcher();
    await second.look();
    world.clock.jump(10 * minute);
    await second.look();
    expect((await first.batch()).owner).toBe('batcher-1');
    await first.held.beat();
    await world.clock.advance(59_000);
    await second.look();
    await world.clock.advance(59_000);
    await second.look();
    expect((await first.batch()).owner).toBe('batcher-1');
    await world.clock.advance(1000);
    await second.look();
    expect((await first.batch()).owner).toBe('batcher-2');
    const { id } = await first.batch();
    await first.held.beat();
    await until(() => !first.held.has(id));
    await second.batcher.held[Symbol.asyncDispose]();
    await first.held[Symbol.asyncDispose]();
    expect(world.provider.created.size).toBe(1);
  });
});
