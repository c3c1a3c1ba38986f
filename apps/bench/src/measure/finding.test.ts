import { describe, expect, it } from '@jest/globals';
import { comparedOf, median, quantile, verdictOf, type Finding } from './finding.ts';

const finding = (overrides: Partial<Finding>): Finding => ({
  id: 'P1',
  what: 'cache hit',
  unit: '/s',
  measured: [120, 130, 110],
  baseline: { what: 'echo', measured: [100, 100, 100] },
  target: { bound: 'at least', value: 1.2 },
  ...overrides,
});

describe('a finding', () => {
  it('is compared round by round with its baseline, by itself without one', () => {
    expect(comparedOf(finding({ baseline: { what: 'echo', measured: [100, 65, 220] } }))).toEqual([1.2, 2, 0.5]);
    expect(comparedOf(finding({ baseline: null }))).toEqual([120, 130, 110]);
  });

  it('holds when its median reaches the target', () => {
    expect(verdictOf(finding({}))).toBe('holds');
    expect(verdictOf(finding({ target: { bound: 'at most', value: 1.2 } }))).toBe('holds');
  });

  it('is unclear when only some rounds reach it, missed when none does', () => {
    expect(verdictOf(finding({ target: { bound: 'at least', value: 1.25 } }))).toBe('unclear');
    expect(verdictOf(finding({ target: { bound: 'at least', value: 1.31 } }))).toBe('missed');
    expect(verdictOf(finding({ target: { bound: 'at most', value: 1.09 } }))).toBe('missed');
  });

  it('without a target is only told', () => {
    expect(verdictOf(finding({ target: null }))).toBe('told');
  });

  it('does not pass for want of a baseline value', () => {
    expect(verdictOf(finding({ baseline: { what: 'echo', measured: [] } }))).toBe('missed');
  });
});

describe('median and quantile', () => {
  it('give the middle, whatever the order', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([7])).toBe(7);
  });

  it('give values of the sample', () => {
    expect(quantile([5, 1, 4, 2, 3], 0.99)).toBe(5);
    expect(quantile([5, 1, 4, 2, 3], 0.2)).toBe(1);
    expect(quantile([5], 0)).toBe(5);
  });

  it('refuse a sample without values', () => {
    expect(() => median([])).toThrow('without values');
  });
});
