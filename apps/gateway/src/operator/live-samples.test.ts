import { describe, expect, test } from '@jest/globals';
import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { createLiveSamples } from './live-samples.ts';

const minute = 60_000;
const begins = 1_000 * minute;
const snapshot = (at: number, pending: number, held: number, stale: number | null = null) => ({
  ...{ at: at / 1000, stale_since: stale },
  requests: { accepted: pending } as OperatorSnapshot['requests'],
  headroom: { waiters: { held, free: 0, max: 0 }, creations: [] },
});

describe('live samples', () => {
  test('give the most that was seen in a time, and null where nobody looked', () => {
    const samples = createLiveSamples();
    samples.note(snapshot(begins, 5, 1));
    samples.note(snapshot(begins + 59_999, 2, 3));
    samples.note(snapshot(begins + minute, 9, 0));
    expect(samples.between(begins, begins + minute)).toEqual({ pending: 5, held: 3 });
    expect(samples.between(begins, begins + 2 * minute)).toEqual({ pending: 9, held: 3 });
    expect(samples.between(begins + 2 * minute, begins + 60 * minute)).toBeNull();
    expect(samples.between(begins - 60 * minute, begins)).toBeNull();
  });

  test('take nothing from a snapshot of earlier', () => {
    const samples = createLiveSamples();
    samples.note(snapshot(begins, 5, 1, begins / 1000 - 60));
    expect(samples.between(begins, begins + minute)).toBeNull();
  });

  test('are kept for a week', () => {
    const samples = createLiveSamples();
    const week = 7 * 24 * 60 * minute;
    samples.note(snapshot(begins, 5, 1));
    samples.note(snapshot(begins + week, 1, 1));
    expect(samples.between(begins, begins + minute)).toEqual({ pending: 5, held: 1 });
    samples.note(snapshot(begins + week + minute, 1, 1));
    expect(samples.between(begins, begins + minute)).toBeNull();
    expect(samples.between(begins + week, begins + week + minute)).toEqual({ pending: 1, held: 1 });
  });
});
