import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { BatchRecord, BatchStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { sampleKey } from '@batch-gpt/testing';
import { createTakeOver } from './take-over-batches.ts';
import { createTestBatcher, createWorld, type TestBatcher, type World } from './testing/test-batcher.ts';

let world: World;
let batcher: TestBatcher;
beforeEach(async () => {
  world = createWorld();
  await world.accept(4);
  batcher = createTestBatcher(world);
  await batcher.close();
  await until((batch) => batch.state === 'submitted');
});
afterEach(async () => {
  await batcher.held[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
});

const hour = 3_600_000;

/** Runs time on until the only open batch is as wanted. */
async function until(wanted: (batch: BatchRecord) => boolean, limit = 40 * hour, step = 5000): Promise<BatchRecord> {
  for (let passed = 0; passed < limit; passed += step) {
    const [batch] = await world.stores.batches.open(null, 10);
    if (batch !== undefined && wanted(batch)) return batch;
    await world.clock.advance(step);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error('the batch did not become as wanted in time');
}

const providerId = (): string => [...world.provider.created.keys()].at(-1) ?? '';

describe('tracking', () => {
  it.each(['completed', 'expired', 'cancelled'])('ends a batch that is %s and says so', async (status) => {
    world.provider.setBatch(providerId(), { status });
    const batch = await until(({ state }) => state === 'ended');
    expect(batch.provider?.status).toBe(status);
    expect(world.signals.seen.ended).toContain(batch.id);
  });

  it('ends with what the provider said last, though the note of an earlier poll is carried out late', async () => {
    const { batches } = world.stores;
    const move = batches.move.bind(batches);
    const late: (() => Promise<unknown>)[] = [];
    const slow: BatchStore['move'] = async (expected, change) => {
      if (change.change?.provider?.status === 'in_progress') {
        late.push(() => move(expected, change));
        throw new AppError('store_unavailable', 'no answer in time');
      }
      if (change.to === 'ended') await Promise.all(late.map((carryOut) => carryOut()));
      return move(expected, change);
    };
    Object.assign(batches, { move: slow });
    world.provider.setBatch(providerId(), { status: 'in_progress' });
    await until(() => late.length > 0);
    world.provider.setBatch(providerId(), { status: 'completed' });
    const ended = await until(({ state }) => state === 'ended');
    expect(ended.provider?.status).toBe('completed');
    expect(ended.history.map(({ note }) => note)).toContain('in_progress');
  });

  // seed S5
  it('polls on through errors and statuses that nobody knows', async () => {
    world.provider.setReadError('provider_unavailable');
    await world.clock.advance(10 * 60_000);
    world.provider.setReadError(null);
    world.provider.setBatch(providerId(), { status: 'reticulating' });
    await until(({ provider }) => provider?.status === 'reticulating');
    world.provider.setBatch(providerId(), { status: 'completed' });
    await until(({ state }) => state === 'ended');
  });

  it('asks the provider to cancel when the flag is set, and polls on until it has', async () => {
    const { id } = await batcher.batch();
    await world.stores.batches.requestCancel(id, world.clock.now());
    await until(({ provider }) => provider?.status === 'cancelling');
    world.provider.setBatch(providerId(), { status: 'cancelled' });
    await until(({ state }) => state === 'ended');
  });

  it('polls at once when there is news, by our id or the provider’s', async () => {
    await world.clock.untilSleeping(1);
    world.provider.setBatch(providerId(), { status: 'completed' });
    const { id } = await batcher.batch();
    batcher.held.wake('batch_of_somebody_else');
    batcher.held.wake(providerId());
    for (let turn = 0; turn < 20 && (await batcher.batch()).state !== 'ended'; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await world.stores.batches.get(id)).toMatchObject({ state: 'ended' });
  });

  it('polls once more at once when the news comes while it polls', async () => {
    await world.clock.untilSleeping(1);
    const { id } = await batcher.batch();
    const getBatch = world.provider.getBatch.bind(world.provider);
    const arrived = Promise.withResolvers<undefined>();
    const answered = Promise.withResolvers<undefined>();
    const slowly: typeof getBatch = async (...args) => {
      const before = await getBatch(...args);
      arrived.resolve(undefined);
      await answered.promise;
      return before;
    };
    Object.assign(world.provider, { getBatch: slowly });
    batcher.held.wake(id);
    await arrived.promise;
    Object.assign(world.provider, { getBatch });
    world.provider.setBatch(providerId(), { status: 'completed' });
    batcher.held.wake(id);
    answered.resolve(undefined);
    for (let turn = 0; turn < 20 && (await batcher.batch()).state !== 'ended'; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await world.stores.batches.get(id)).toMatchObject({ state: 'ended' });
  });
});

describe('a batch that the provider forgets', () => {
  const hide = () => {
    const provider = world.provider;
    const getBatch = provider.getBatch.bind(provider);
    const listBatches = provider.listBatches.bind(provider);
    return {
      fromPolls: () => Object.assign(provider, { getBatch: () => Promise.resolve(null) }),
      fromLists: () => Object.assign(provider, { listBatches: () => Promise.resolve({ batches: [], hasMore: false }) }),
      nowhere: () => Object.assign(provider, { getBatch, listBatches }),
    };
  };

  // field 5
  it('is followed by listing', async () => {
    hide().fromPolls();
    world.provider.setBatch(providerId(), { status: 'completed' });
    expect(await until(({ state }) => state === 'ended')).toMatchObject({ trouble: null });
  });

  it('and does not list is in trouble: waiters are told, rows stay, and it goes on when it comes back', async () => {
    const hidden = hide();
    hidden.fromPolls();
    hidden.fromLists();
    const troubled = await until(({ trouble }) => trouble !== null);
    expect(troubled).toMatchObject({ state: 'submitted', trouble: { code: 'batch_lost' } });
    expect(troubled.trouble?.message).toContain(troubled.id);
    expect(world.signals.seen.outcomes.flat()).toHaveLength(4);
    const { rows } = await world.stores.requests.lookup([0, 1, 2, 3].map(sampleKey));
    expect(new Set([...rows.values()].map(({ state }) => state))).toEqual(new Set(['collected']));

    hidden.nowhere();
    await until(({ trouble }) => trouble === null);
    world.provider.setBatch(providerId(), { status: 'completed' });
    await until(({ state }) => state === 'ended');
    expect(world.provider.created.size).toBe(1);
  });

  it('and that an operator abandons is polled until its end is known', async () => {
    const { id, state, epoch } = await batcher.batch();
    await world.stores.batches.move({ id, state, epoch }, { to: 'abandoned', at: world.clock.now() });
    const look = createTakeOver({ ...batcher.deps, held: batcher.held });
    await world.clock.advance(hour);
    await look(new AbortController().signal);
    await world.clock.advance(hour);
    await look(new AbortController().signal);
    world.provider.setBatch(providerId(), { status: 'completed' });
    await until(({ provider }) => provider?.status === 'completed');
    expect(await batcher.batch()).toMatchObject({ state: 'abandoned' });
    expect(world.signals.seen.ended).toContain(id);
  });
});

describe('a batch that is stuck past its expiry', () => {
  // field 6
  it('is in trouble until the provider ends it', async () => {
    world.provider.setBatch(providerId(), { status: 'finalizing' });
    await until(({ trouble }) => trouble !== null, 40 * hour, 60_000);
    world.provider.setBatch(providerId(), { status: 'completed' });
    expect(await until(({ state }) => state === 'ended')).toMatchObject({ trouble: null });
  });
});

describe('a batch that the provider rejects', () => {
  const error = (change: object) => [{ code: null, message: '', param: null, line: null, ...change }];

  it('naming lines fails those lines by their keys', async () => {
    const errors = error({ code: 'invalid_request', message: 'no messages', param: 'body.messages', line: 2 });
    world.provider.setBatch(providerId(), { status: 'failed', errors });
    const ended = await until(({ state }) => state === 'ended');
    expect(ended.namedLines).toEqual([
      { key: sampleKey(1), cause: expect.objectContaining({ status: 400, code: 'invalid_request' }) },
    ]);
  });

  it('naming lines of a file that is gone by then is uploaded again', async () => {
    const { inputFileId } = await batcher.batch();
    await world.provider.deleteFile(inputFileId ?? '', new AbortController().signal);
    const errors = error({ code: 'invalid_request', message: 'no messages', line: 2 });
    world.provider.setBatch(providerId(), { status: 'failed', errors });
    const again = await until(({ state }) => state === 'submitted' && world.provider.created.size === 2);
    expect(again.inputFileId).not.toBe(inputFileId);
    expect(again.namedLines).toEqual([]);
  });

  // field 7
  it('for the token limit goes again with the same file while others make room', async () => {
    await world.accept(2, 10);
    await batcher.close();
    await until(() => world.provider.created.size === 2);
    const [first] = [...world.provider.created.values()];
    const errors = error({ code: 'token_limit_exceeded', message: 'Limit: 2,000,000 enqueued tokens.' });
    world.provider.setBatch(first?.id ?? '', { status: 'failed', errors });
    await until(() => world.provider.creates.length === 3);
    expect(world.provider.creates[2]?.inputFileId).toBe(first?.input_file_id);
  });

  // field 7
  it.each([
    ['it is larger than the limit', 'Limit: 10 enqueued tokens.'],
    ['nothing else is enqueued', 'Limit: 2,000,000 enqueued tokens.'],
  ])('for the token limit is halved when %s', async (_why, message) => {
    const errors = error({ code: 'token_limit_exceeded', message });
    world.provider.setBatch(providerId(), { status: 'failed', errors });
    await world.clock.advance(hour);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const due = await world.stores.requests.groupsWithAccepted(null, 10);
    expect(due.map(({ group }) => group.split('|').at(-1))).toEqual(['0']);
  });

  it('because it cannot find a file that is there is created again before it is uploaded again', async () => {
    const errors = error({ code: 'invalid_request', message: 'Cannot find file', param: 'file_id' });
    for (let times = 1; times <= 4; times += 1) {
      world.provider.setBatch(providerId(), { status: 'failed', errors });
      await until(({ state }) => state === 'submitted' && world.provider.created.size === times + 1);
    }
    const files = world.provider.creates.map(({ inputFileId }) => inputFileId);
    expect(new Set(files.slice(0, 4)).size).toBe(1);
    expect(files[4]).not.toBe(files[0]);
  });
});
