import { describe, expect, it } from '@jest/globals';
import { retryAfter } from './retry-after.ts';

const now = Date.parse('2026-01-01T00:00:00Z');
const wait = (headers: Record<string, string>) => retryAfter(new Headers(headers), () => now);

describe('retryAfter', () => {
  it.each([
    ['milliseconds before seconds', { 'retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    ['seconds', { 'retry-after': '2' }, 2000],
    ['fractions of a second', { 'retry-after': '0.5' }, 500],
    ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }, 30_000],
    ['five seconds without a header', {}, 5000],
    ['five seconds instead of none', { 'retry-after': '0' }, 5000],
    ['five seconds instead of a past date', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 5000],
    ['five seconds instead of nonsense', { 'retry-after': 'soon', 'retry-after-ms': '' }, 5000],
    ['ten minutes at most', { 'retry-after': '86400' }, 600_000],
  ])('takes %s', (_name, headers: Record<string, string>, expected) => {
    expect(wait(headers)).toBe(expected);
  });
});
