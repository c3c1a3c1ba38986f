import { accountId } from '@batch-gpt/contracts';
import { silentLogger, type Logger } from '@batch-gpt/logging';
import { eventually, startTestRedis, type TestServer } from '@batch-gpt/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSignals } from '../create-signals.ts';
import { defaultPrefix, queueKeys } from '../queue-keys.ts';

const account = accountId.parse('main');
const creations = { account, kind: 'creations', perHour: 40 } as const;
let server: TestServer;
let stack: AsyncDisposableStack;
let warnings: string[];

beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  warnings = [];
  await server.restart({ empty: true });
});
afterEach(() => stack.disposeAsync());

/** The signals of one more process. */
async function batcher() {
  const log = (message: string) => {
    if (message.startsWith('budgets')) warnings.push(message);
  };
  const logger: Logger = { ...silentLogger, warn: log, info: log };
  const signals = stack.use(createSignals({ redisUrl: server.url, logger }));
  await eventually(() => signals.ping().then(() => true));
  return signals;
}

type Budgets = Awaited<ReturnType<typeof batcher>>['budgets'];

/** How many can be taken now. */
async function takeAll(budgets: Budgets, budget: Parameters<Budgets['take']>[0] = creations): Promise<number> {
  let taken = 0;
  while ((await budgets.take(budget)) === 0) taken += 1;
  return taken;
}

describe('budgets on a real Redis', () => {
  test('are one for all processes, however they race', async () => {
    const [first, second] = [await batcher(), await batcher()];
    const taken = await Promise.all([takeAll(first.budgets), takeAll(second.budgets), takeAll(first.budgets)]);
    // A token comes in every 90 seconds: at most one while this runs.
    expect(taken.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(40);
    expect(taken.reduce((a, b) => a + b)).toBeLessThanOrEqual(41);
    const pause = await second.budgets.pause(creations);
    expect(pause).toBeGreaterThan(0);
    expect(pause).toBeLessThanOrEqual(90_000);
    expect(warnings).toEqual([]);
  });

  test('are each account’s and each kind’s own, and looking takes nothing', async () => {
    const { budgets } = await batcher();
    for (let looks = 0; looks < 50; looks += 1) expect(await budgets.pause(creations)).toBe(0);
    expect(await takeAll(budgets)).toBeGreaterThanOrEqual(40);
    expect(await budgets.take({ ...creations, account: accountId.parse('other') })).toBe(0);
    expect(await takeAll(budgets, { account, kind: 'halvings', perHour: 2 })).toBe(2);
  });

  test('fill again by Redis’ own clock, and are gone when nobody asks', async () => {
    const { budgets, redis } = await batcher();
    await takeAll(budgets);
    const key = queueKeys(defaultPrefix).budget(account, 'creations');
    const hourAgo = Number(await redis.hget(key, 'at')) - 3_600_000;
    await redis.hset(key, 'at', hourAgo);
    expect(await takeAll(budgets)).toBeGreaterThanOrEqual(40);
    expect(await redis.pttl(key)).toBeGreaterThan(3_600_000);
    expect(await redis.pttl(queueKeys(defaultPrefix).budgetUsers(account, 'creations'))).toBeGreaterThan(3_600_000);
  });

  test('fall back to each process’s share when Redis is gone, and count that when it is back', async () => {
    const [first, second] = [await batcher(), await batcher()];
    await first.budgets.take(creations);
    await second.budgets.take(creations);
    await first.budgets.pause(creations);
    await server.kill();
    // 38 were left for two; each takes half of them at most, and a token may have come in.
    const alone = [await takeAll(first.budgets), await takeAll(second.budgets)];
    for (const taken of alone) {
      expect(taken).toBeGreaterThanOrEqual(19);
      expect(taken).toBeLessThanOrEqual(20);
    }
    expect(warnings).toEqual(Array(2).fill('budgets cannot be shared, this process keeps to its own share'));
    await server.restart({ empty: true });
    for (const signals of [first, second]) await eventually(() => signals.ping().then(() => true));
    // Redis came back with a full bucket of 40: what was taken meanwhile is taken from it.
    await first.budgets.pause(creations);
    await second.budgets.pause(creations);
    expect(await takeAll(first.budgets)).toBeLessThanOrEqual(3);
    expect(warnings.slice(2)).toEqual(Array(2).fill('budgets are shared again'));
  });

  test('live in one slot of a cluster', () => {
    const keys = queueKeys('any');
    const slotOf = (key: string) => /\{([^}]+)\}/.exec(key)?.[1];
    expect(slotOf(keys.budget(account, 'creations'))).toBe('main');
    expect(slotOf(keys.budgetUsers(account, 'creations'))).toBe('main');
  });
});
