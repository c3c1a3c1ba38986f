import { describe, expect, it } from '@jest/globals';
import { takeCalls } from './take-calls.ts';

const rate = { perMinute: 60 };

describe('takeCalls', () => {
  it('grants a minute’s worth at once, then as it fills', () => {
    const first = takeCalls(null, rate, 100, 0);
    expect(first).toEqual({ granted: 60, pause: 1000, left: 0, bucket: { tokens: 0, at: 0 } });
    expect(takeCalls(first.bucket, rate, 1, 750)).toMatchObject({ granted: 0, pause: 250 });
    expect(takeCalls(first.bucket, rate, 5, 2500)).toMatchObject({ granted: 2, pause: 500 });
  });

  it('holds no more than a minute’s worth, however long nobody calls', () => {
    const { bucket } = takeCalls(null, rate, 1, 0);
    expect(takeCalls(bucket, rate, 1000, 3_600_000).granted).toBe(60);
  });

  it('grants what is there of what is wanted', () => {
    expect(takeCalls(null, rate, 10, 0)).toMatchObject({ granted: 10, pause: 0, left: 50, bucket: { tokens: 50 } });
  });

  it('gains nothing from a clock that goes back', () => {
    const { bucket } = takeCalls(null, rate, 60, 10_000);
    expect(takeCalls(bucket, rate, 1, 0)).toMatchObject({ granted: 0, bucket: { tokens: 0 } });
  });

  it('never grants where the rate is zero', () => {
    expect(takeCalls(null, { perMinute: 0 }, 1, 0)).toMatchObject({ granted: 0, pause: 60_000 });
  });
});
