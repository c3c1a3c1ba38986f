/*
 * Several provider accounts in one batcher: each has its own provider, rest, budget and room for tokens, and none of
 * them keeps the others waiting.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { accountId, formatGroup, parseGroup, type AccountId, type GroupId } from '@batch-gpt/contracts';
import { defaultProtocolTimings } from '@batch-gpt/domain';
import { type LogFields, silentLogger } from '@batch-gpt/logging';
import { createMemoryProvider, sampleAccount, sampleBatch, sampleRequests } from '@batch-gpt/testing';
import { createAccountBudgets } from './account-budgets.ts';
import { removeOrphans } from './remove-orphans.ts';
import { createTakeOver } from './take-over-batches.ts';
import { createTestBatcher, createWorld, type TestBatcher, type World } from './testing/test-batcher.ts';
import { createTokenLimits } from './token-limits.ts';
import { createWorkingAccounts } from './working-accounts.ts';

const minute = 60_000;
const hour = 60 * minute;
const second = accountId.parse('second');
const signal = new AbortController().signal;

let world: World;
let secondProvider: ReturnType<typeof createMemoryProvider>;
let secondGroup: GroupId;
beforeEach(() => {
  world = createWorld();
  secondProvider = createMemoryProvider(() => world.clock.now());
  world.providers.set(second, secondProvider);
  secondGroup = formatGroup({ ...parseGroup(world.group), account: second });
});
afterEach(() => world[Symbol.asyncDispose]());

const acceptFor = (account: AccountId, group: GroupId, count: number, from: number) =>
  world.stores.requests.insert(sampleRequests(count, { account, group, acceptedAt: world.clock.now() }, from));
const open = () => world.stores.batches.open(null, 100);
const stateOf = async (account: AccountId) => (await open()).find((batch) => batch.account === account)?.state ?? null;
const submitted = (account: AccountId) => async () => (await stateOf(account)) === 'submitted';
const lookFor = (batcher: TestBatcher) => {
  const look = createTakeOver({ ...batcher.deps, held: batcher.held });
  return () => look(signal);
};

async function until(condition: () => boolean | Promise<boolean>, limit = 2 * hour): Promise<void> {
  for (let passed = 0; passed < limit; passed += 5000) {
    if (await condition()) return;
    await world.clock.advance(5000);
    // Real file work of a step needs turns of the loop that virtual time does not give.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  throw new Error('the condition did not come true in time');
}

describe('batches of two accounts', () => {
  // field 19
  it('go to two providers', async () => {
    await world.accept(2);
    await acceptFor(second, secondGroup, 3, 10);
    const { close, held } = createTestBatcher(world);
    await close();
    await close(secondGroup);
    await until(submitted(sampleAccount));
    await until(submitted(second));
    const linesAt = (provider: typeof secondProvider) =>
      [...provider.created.values()].map((batch) => batch.request_counts.total);
    expect([linesAt(world.provider), linesAt(secondProvider)]).toEqual([[2], [3]]);
    await held[Symbol.asyncDispose]();
  });

  it('rest apart: a refused account keeps nobody else waiting', async () => {
    await acceptFor(second, secondGroup, 1, 10);
    await world.accept(1);
    const cause = { status: 401, code: 'invalid_api_key', message: 'no', param: null, type: 'invalid_request_error' };
    secondProvider.script('upload', ...Array.from({ length: 5 }, () => ({ kind: 'parked', cause }) as const));
    const { close, held, deps } = createTestBatcher(world);
    await close(secondGroup);
    await close();
    await until(submitted(sampleAccount), 4 * minute);
    expect(deps.accounts.of(second)?.account.parked()).toMatchObject({ cause: { code: 'invalid_api_key' } });
    expect(deps.accounts.of(sampleAccount)?.account.parked()).toBeNull();
    // A new key is a new provider: it need not wait for what the old one was refused for.
    world.providers.set(
      second,
      createMemoryProvider(() => world.clock.now()),
    );
    expect(deps.accounts.of(second)?.account.parked()).toBeNull();
    await until(submitted(second));
    await held[Symbol.asyncDispose]();
  });
});

describe('an account that is not configured here', () => {
  it('is said once, and its rows wait while others go on', async () => {
    world.providers.delete(second);
    await acceptFor(second, secondGroup, 1, 10);
    await world.accept(1);
    const warnings: [string, LogFields | undefined][] = [];
    const logger = { ...silentLogger, warn: (text: string, facts?: LogFields) => void warnings.push([text, facts]) };
    const accounts = createWorkingAccounts({
      providerOf: (account) => world.providers.get(account) ?? null,
      names: () => [...world.providers.keys()],
      monotonic: () => world.clock.monotonic(),
      parkFor: minute,
      logger,
    });
    const { close, held } = createTestBatcher(world, 'b', { accounts });
    for (let times = 0; times < 3; times += 1) await close(secondGroup);
    await close();
    await until(submitted(sampleAccount));
    expect(await stateOf(second)).toBeNull();
    expect(warnings).toEqual([['an account is not configured here, its batches wait', { account: second }]]);
    await held[Symbol.asyncDispose]();
  });

  it('gives its batches back when it is removed, and takes them up again when it returns', async () => {
    await acceptFor(second, secondGroup, 1, 10);
    const batcher = createTestBatcher(world);
    const look = lookFor(batcher);
    await batcher.close(secondGroup);
    await until(submitted(second));
    world.providers.delete(second);
    await until(async () => (await open())[0]?.owner === null);
    await look();
    const [waiting] = await open();
    expect(waiting).toMatchObject({ state: 'submitted', owner: null });
    world.providers.set(second, secondProvider);
    await look();
    expect((await open())[0]).toMatchObject({ owner: 'batcher-1', epoch: (waiting?.epoch ?? 0) + 1 });
    secondProvider.setBatch([...secondProvider.created.keys()][0] ?? '', { status: 'completed' });
    await until(async () => (await open())[0]?.state === 'ended');
    await batcher.held[Symbol.asyncDispose]();
  });

  it('leaves them to a batcher that has it', async () => {
    await acceptFor(second, secondGroup, 1, 10);
    const first = createTestBatcher(world, 'has-it');
    await first.close(secondGroup);
    await until(submitted(second));
    await first.held[Symbol.asyncDispose]();
    const accounts = { of: () => null, names: () => [] };
    const without = createTestBatcher(world, 'has-it-not', { accounts });
    await lookFor(without)();
    expect((await open())[0]?.owner).toBeNull();
    const third = createTestBatcher(world, 'has-it-too');
    await lookFor(third)();
    expect((await open())[0]?.owner).toBe('has-it-too');
    await third.held[Symbol.asyncDispose]();
    await without.held[Symbol.asyncDispose]();
  });

  it('is an explicit error after the deadline: for rows and batches of which nothing is at the provider', async () => {
    world.providers.delete(second);
    const timings = { ...defaultProtocolTimings, submitDeadline: hour };
    await acceptFor(second, secondGroup, 1, 10);
    const batcher = createTestBatcher(world, 'b', { timings });
    await world.stores.batches.insert(
      sampleBatch(1, { account: second, state: 'uploaded', owner: null, createdAt: world.clock.now() }),
    );
    const look = lookFor(batcher);
    await batcher.close(secondGroup);
    await look();
    expect(await open()).toMatchObject([{ state: 'uploaded', owner: null }]);
    await world.clock.advance(hour);
    await batcher.close(secondGroup);
    await look();
    await until(async () => (await open()).every(({ state }) => state === 'ended'));
    const ended = await open();
    expect(ended.map(({ cause }) => cause?.code)).toEqual(['account_not_configured', 'account_not_configured']);
    expect(ended.map(({ sizes }) => sizes.lines).sort()).toEqual([0, 1]);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('is trouble, told once, for a batch that may have been paid', async () => {
    world.providers.delete(second);
    const timings = { ...defaultProtocolTimings, submitDeadline: hour };
    const batcher = createTestBatcher(world, 'b', { timings });
    const look = lookFor(batcher);
    await world.stores.batches.insert(
      sampleBatch(1, {
        account: second,
        state: 'submitted',
        providerBatchId: 'p',
        owner: null,
        createdAt: world.clock.now(),
      }),
    );
    await world.clock.advance(hour);
    for (let times = 0; times < 3; times += 1) {
      await look();
      await until(async () => (await open())[0]?.owner === null);
    }
    expect(await open()).toMatchObject([
      { state: 'submitted', epoch: 2, trouble: { code: 'account_not_configured' }, cause: null },
    ]);
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('the budget of creations', () => {
  it('is one for all batchers of an account; windows stretch while it is drained, and other accounts go on', async () => {
    await world.accept(1);
    await acceptFor(second, secondGroup, 1, 10);
    const budgets = createAccountBudgets(world.budgets, () => 1);
    const [first, other] = [createTestBatcher(world, 'a', { budgets }), createTestBatcher(world, 'b', { budgets })];
    await first.close();
    await until(submitted(sampleAccount));
    await world.accept(1, 1);
    await other.close();
    expect(await open()).toHaveLength(1);
    const [bell] = world.signals.seen.opened;
    expect(bell).toMatchObject({ group: world.group });
    expect(bell?.delay).toBeGreaterThan(50 * minute);
    await other.close(secondGroup);
    await until(submitted(second));
    // More came in meanwhile: one batch takes them all once there is a creation.
    await world.accept(3, 2);
    await world.clock.advance(bell?.delay ?? 0);
    await other.close();
    await until(() => world.provider.created.size === 2);
    expect([...world.provider.created.values()].map((batch) => batch.request_counts.total)).toEqual([1, 4]);
    await first.held[Symbol.asyncDispose]();
    await other.held[Symbol.asyncDispose]();
  });

  it('lets a batch that was formed wait for it, not fail', async () => {
    await world.accept(1);
    const budgets = createAccountBudgets(world.budgets, () => 1);
    const batcher = createTestBatcher(world, 'b', { budgets });
    await batcher.close();
    await budgets.take(sampleAccount, 'creations');
    await until(async () => (await stateOf(sampleAccount)) === 'uploaded');
    await world.clock.advance(30 * minute);
    expect(world.provider.creates).toHaveLength(0);
    await until(submitted(sampleAccount));
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('enqueued tokens', () => {
  // Sample row n has 20 + n tokens.
  const limited = (tokens: number, account: AccountId = sampleAccount) =>
    createTokenLimits({
      configured: (name, model) => (name === account && model === 'gpt-4o-mini' ? tokens : null),
      monotonic: () => world.clock.monotonic(),
    });

  it('are kept under the configured limit: what does not fit waits until a batch has ended', async () => {
    await world.accept(4);
    const batcher = createTestBatcher(world, 'b', { tokenLimits: limited(45) });
    await batcher.close();
    await until(submitted(sampleAccount));
    expect((await open()).map(({ sizes }) => sizes)).toMatchObject([{ lines: 2, tokens: 41 }]);
    await batcher.close();
    expect(await open()).toHaveLength(1);
    world.provider.setBatch([...world.provider.created.keys()][0] ?? '', { status: 'completed' });
    await until(async () => (await stateOf(sampleAccount)) === 'ended');
    await batcher.close();
    await until(() => world.provider.created.size === 2);
    expect((await open()).map(({ sizes }) => sizes.tokens)).toEqual(expect.arrayContaining([41, 45]));
    await batcher.held[Symbol.asyncDispose]();
  });

  it('of one account say nothing of another', async () => {
    await world.accept(2);
    await acceptFor(second, secondGroup, 2, 10);
    const batcher = createTestBatcher(world, 'b', { tokenLimits: limited(20, second) });
    await batcher.close();
    await batcher.close(secondGroup);
    await until(submitted(second));
    const lines = new Map((await open()).map(({ account, sizes }) => [account, sizes.lines]));
    // The second account's rows have more tokens than its limit: one goes alone, and the provider tells.
    expect([lines.get(sampleAccount), lines.get(second)]).toEqual([2, 1]);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('do not wait for a batch that the provider lost', async () => {
    await world.accept(1);
    const sizes = { lines: 1, bytes: 1, tokens: 40, inputs: 0 };
    const trouble = { status: 502, code: 'batch_lost', message: 'lost', param: null, type: 'server_error' };
    await world.stores.batches.insert(sampleBatch(1, { state: 'submitted', sizes, trouble }));
    const batcher = createTestBatcher(world, 'b', { tokenLimits: limited(45) });
    await batcher.close();
    await until(() => world.provider.created.size === 1);
    await batcher.held[Symbol.asyncDispose]();
  });

  it('keep an uploaded batch waiting, and tell its callers at the deadline', async () => {
    await world.accept(1);
    const timings = { ...defaultProtocolTimings, submitDeadline: hour };
    const batcher = createTestBatcher(world, 'b', { tokenLimits: limited(45), timings });
    await batcher.close();
    const sizes = { lines: 1, bytes: 1, tokens: 40, inputs: 0 };
    await world.stores.batches.insert(sampleBatch(1, { state: 'submitted', sizes, owner: 'elsewhere' }));
    const states = async () => new Set((await open()).map(({ state }) => state));
    await until(async () => (await states()).has('uploaded'));
    await world.clock.advance(10 * minute);
    expect(world.provider.creates).toHaveLength(0);
    await until(async () => (await states()).has('ended'));
    const ended = (await open()).find(({ state }) => state === 'ended');
    expect(ended?.cause).toMatchObject({ code: 'submit_deadline_exceeded' });
    await batcher.held[Symbol.asyncDispose]();
  });

  it('are learned from a refusal, believed for an hour, and never above what is configured', async () => {
    const limits = limited(100);
    const model = 'gpt-4o-mini';
    limits.learn(sampleAccount, model, 500);
    expect(limits.of(sampleAccount, model)).toBe(100);
    limits.learn(sampleAccount, model, 60);
    limits.learn(second, model, 70);
    expect([limits.of(sampleAccount, model), limits.of(second, model)]).toEqual([60, 70]);
    expect(limits.of(second, 'another')).toBeNull();
    await world.clock.advance(hour);
    expect([limits.of(sampleAccount, model), limits.of(second, model)]).toEqual([100, null]);
  });

  it('are learned by the batcher whose batch was refused', async () => {
    await world.accept(1);
    const batcher = createTestBatcher(world);
    await batcher.close();
    await until(submitted(sampleAccount));
    const sizes = { lines: 1, bytes: 1, tokens: 40, inputs: 0 };
    await world.stores.batches.insert(sampleBatch(1, { state: 'submitted', sizes, owner: 'elsewhere' }));
    const error = { code: 'token_limit_exceeded', message: 'Limit: 50 enqueued tokens.', param: null, line: null };
    world.provider.setBatch([...world.provider.created.keys()][0] ?? '', { status: 'failed', errors: [error] });
    await until(() => batcher.deps.tokenLimits.of(sampleAccount, 'gpt-4o-mini') === 50);
    await world.clock.advance(10 * minute);
    // 40 are enqueued elsewhere: asking again would only be refused again.
    expect(world.provider.creates).toHaveLength(1);
    await until(() => world.provider.creates.length === 2, 2 * hour);
    expect(batcher.deps.tokenLimits.of(sampleAccount, 'gpt-4o-mini')).toBeNull();
    await batcher.held[Symbol.asyncDispose]();
  });
});

describe('removing orphans', () => {
  it('goes through all accounts, also when one cannot be asked', async () => {
    const { deps } = createTestBatcher(world);
    const upload = (provider: typeof secondProvider) =>
      deps.scratch.create('upload').then(async (file) => {
        await file[Symbol.asyncDispose]();
        await provider.uploadInputFile({ path: file.path, filename: `${sampleBatch(1).id}.jsonl`, bytes: 0 }, signal);
      });
    await world.stores.batches.insert(sampleBatch(1, { state: 'submitted', inputFileId: 'another' }));
    await upload(world.provider);
    await upload(secondProvider);
    await world.clock.advance(2 * hour);
    world.provider.setReadError('account_parked');
    await removeOrphans(deps, signal);
    expect([world.provider.files.size, secondProvider.files.size]).toEqual([1, 0]);
    world.provider.setReadError(null);
    await removeOrphans(deps, signal);
    expect(world.provider.files.size).toBe(0);
  });
});
