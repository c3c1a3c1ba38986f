import { describe, expect, it } from '@jest/globals';
import { sleep } from './sleep.ts';

const LONG = 600_000;

describe('sleep', () => {
  it('ends by itself', async () => {
    await expect(sleep(1)).resolves.toBeUndefined();
    await expect(sleep(1, new AbortController().signal)).resolves.toBeUndefined();
  });

  it('ends at once when the signal aborts, or has aborted before', async () => {
    const stop = new AbortController();
    const slept = sleep(LONG, stop.signal);
    stop.abort(new Error('stop'));
    await slept;
    await sleep(LONG, stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });
});
