import { accountId } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import { silentLogger, type Logger } from '@batch-gpt/logging';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Answer, Question } from './ask-bucket.ts';
import { createSharedBudgets } from './create-rate-budgets.ts';

const minute = 60_000;
const account = accountId.parse('main');
const creations = { account, kind: 'creations', perHour: 60 } as const;

let now: number;
let logged: string[];
let questions: Question[];
let answer: Answer | null;
beforeEach(() => {
  now = 0;
  logged = [];
  questions = [];
  answer = { pause: 0, tokens: 30, users: 3 };
});

const budgetsHere = () => {
  const log = (message: string) => void logged.push(message);
  const logger: Logger = { ...silentLogger, info: log, warn: log };
  const ask = (_: unknown, question: Question) => {
    questions.push(question);
    return answer === null ? Promise.reject(new AppError('queue_unavailable', 'away')) : Promise.resolve(answer);
  };
  return createSharedBudgets({ ask, logger, monotonic: () => now });
};

describe('shared budgets', () => {
  test('answer as the bucket does', async () => {
    const budgets = budgetsHere();
    expect(await budgets.take(creations)).toBe(0);
    answer = { pause: 1234, tokens: 0, users: 3 };
    expect([await budgets.pause(creations), await budgets.take(creations)]).toEqual([1234, 1234]);
    expect(questions.map(({ take, owed }) => ({ take, owed }))).toEqual([
      { take: true, owed: 0 },
      { take: false, owed: 0 },
      { take: true, owed: 0 },
    ]);
    expect(logged).toEqual([]);
  });

  test('keep to this process’s share of what was left while the bucket is away, and say so once', async () => {
    const budgets = budgetsHere();
    await budgets.take(creations);
    answer = null;
    // 30 were left for three processes.
    for (let taken = 0; taken < 10; taken += 1) expect(await budgets.take(creations)).toBe(0);
    // A third of 60 an hour is one in three minutes.
    expect(await budgets.take(creations)).toBe(3 * minute);
    expect(await budgets.pause(creations)).toBe(3 * minute);
    now += 3 * minute;
    expect([await budgets.pause(creations), await budgets.take(creations)]).toEqual([0, 0]);
    expect(await budgets.take(creations)).toBe(3 * minute);
    expect(logged).toEqual(['budgets cannot be shared, this process keeps to its own share']);
  });

  test('bring what was taken meanwhile when the bucket is back, once', async () => {
    const budgets = budgetsHere();
    await budgets.take(creations);
    answer = null;
    for (let taken = 0; taken < 4; taken += 1) await budgets.take(creations);
    answer = { pause: 0, tokens: 20, users: 3 };
    await Promise.all([budgets.take(creations), budgets.take(creations)]);
    await budgets.take(creations);
    expect(questions.slice(-3).map(({ owed }) => owed)).toEqual([4, 0, 0]);
    expect(logged.at(-1)).toBe('budgets are shared again');
    answer = null;
    // A third of the 20 that were seen last, not of what was left an outage ago.
    for (let taken = 0; taken < 6; taken += 1) expect(await budgets.take(creations)).toBe(0);
    expect(await budgets.take(creations)).toBeGreaterThan(0);
  });

  test('keep accounts and kinds apart, and never stand still however many share a small budget', async () => {
    answer = { pause: 0, tokens: 0, users: 50 };
    const halvings = { account, kind: 'halvings', perHour: 10 } as const;
    const budgets = budgetsHere();
    await budgets.take(halvings);
    answer = null;
    expect(await budgets.take(halvings)).toBe(60 * minute);
    now += 60 * minute;
    expect(await budgets.take(halvings)).toBe(0);
    expect(await budgets.take({ ...creations, account: accountId.parse('other') })).toBe(0);
  });

  test('let through what is no outage', async () => {
    const ask = () => Promise.reject(new Error('a bug'));
    const budgets = createSharedBudgets({ ask, logger: silentLogger, monotonic: () => now });
    await expect(budgets.take(creations)).rejects.toThrow('a bug');
  });
});
