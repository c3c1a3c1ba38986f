import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.ts';

describe('waiting for a condition', () => {
  it('returns the first value once the condition no longer throws', async () => {
    let calls = 0;
    const value = await eventually(
      () => {
        calls += 1;
        if (calls < 3) throw new Error('not yet');
        return calls;
      },
      { intervalMs: 1 },
    );
    expect(value).toBe(3);
  });

  it('asks again while the condition is false, but takes other empty values', async () => {
    const answers = [false, false, 0];
    expect(await eventually(() => answers.shift() ?? null, { intervalMs: 1 })).toBe(0);
    expect(await eventually(() => null)).toBeNull();
  });

  it('gives up with the last reason', async () => {
    const never = eventually(() => Promise.reject(new Error('still closed')), { timeoutMs: 10, intervalMs: 1 });
    await expect(never).rejects.toThrow('not within 10 ms: still closed');
  });
});
