import { describe, expect, it } from '@jest/globals';
import { fullBucket, pauseOf, refill } from './token-bucket.ts';

describe('a bucket of so many an hour', () => {
  it('gives what it has at once, then one at a time as it fills again', () => {
    const empty = { ...fullBucket(60, 0), tokens: 0 };
    expect(pauseOf(fullBucket(60, 0), 60)).toBe(0);
    expect(pauseOf(empty, 60)).toBe(60_000);
    expect(pauseOf(refill(empty, 60, 30_000), 60)).toBe(30_000);
    expect(pauseOf(refill(empty, 60, 60_000), 60)).toBe(0);
  });

  it('never holds more than an hour’s worth, and makes up for what was taken beyond it', () => {
    expect(refill({ tokens: 1, at: 0 }, 2, 360_000_000).tokens).toBe(2);
    expect(pauseOf({ tokens: -1, at: 0 }, 60)).toBe(120_000);
  });

  it('loses nothing to a clock that goes back', () => {
    expect(refill({ tokens: 3, at: 1000 }, 60, 0).tokens).toBe(3);
  });
});
