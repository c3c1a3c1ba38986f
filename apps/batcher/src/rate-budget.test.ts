import { describe, expect, it } from '@jest/globals';
import { createRateBudget } from './rate-budget.ts';

describe('a budget of so many an hour', () => {
  it('gives what it has at once, then one at a time as it fills again', () => {
    let now = 0;
    const budget = createRateBudget(60, () => now);
    for (let taken = 0; taken < 60; taken += 1) expect(budget.take()).toBe(0);
    expect(budget.take()).toBe(60_000);
    now += 59_999;
    expect(budget.take()).toBeGreaterThan(0);
    now += 1;
    expect(budget.take()).toBe(0);
    expect(budget.take()).toBe(60_000);
  });

  it('never holds more than an hour’s worth', () => {
    let now = 0;
    const budget = createRateBudget(2, () => now);
    now += 100 * 3_600_000;
    expect([budget.take(), budget.take()]).toEqual([0, 0]);
    expect(budget.take()).toBeGreaterThan(0);
  });
});
