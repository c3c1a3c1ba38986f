import { describe, expect, it } from '@jest/globals';
import {
  formatClock,
  formatCount,
  formatDollars,
  formatMoment,
  formatRate,
  percentOf,
  shortId,
} from './format-values.ts';

describe('values as text', () => {
  it.each([
    [0, '0'],
    [1204, '1,204'],
    [12_345, '12.3k'],
    [999_960, '1.0M'],
    [4_500_000, '4.5M'],
  ])('a count of %d', (count, text) => expect(formatCount(count)).toBe(text));

  it.each([
    [0.0123, '$0.0123'],
    [12.5, '$12.50'],
    [-0.5, '-$0.5000'],
  ])('%d dollars', (dollars, text) => expect(formatDollars(dollars)).toBe(text));

  it('rates, moments, shares and ids', () => {
    expect([formatRate(null), formatRate(3.21), formatRate(12_345)]).toEqual(['-', '3.2/min', '12.3k/min']);
    expect([formatClock(1_764_009_424.5), formatMoment(1_764_009_424.5)]).toEqual(['18:37:04', '2025-11-24 18:37:04']);
    expect(formatMoment(Number.MAX_SAFE_INTEGER)).toBe('9999-12-31 23:59:59');
    expect([percentOf(1, 0), percentOf(1, 3), percentOf(5, 3)]).toEqual([0, 33, 100]);
    expect(shortId(`batch_${'0123456789abcdef'.repeat(2)}`)).toBe('01234567');
  });
});
