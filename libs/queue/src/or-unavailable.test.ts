import { describe, expect, test } from '@jest/globals';
import { orUnavailable } from './or-unavailable.ts';

describe('orUnavailable', () => {
  test('gives what the work gives', async () => {
    await expect(orUnavailable(() => Promise.resolve(7))).resolves.toBe(7);
  });

  test('turns a rejection into queue_unavailable and keeps the cause', async () => {
    const cause = new Error('refused');
    await expect(orUnavailable(() => Promise.reject(cause))).rejects.toMatchObject({
      code: 'queue_unavailable',
      cause,
    });
  });

  test('turns a synchronous error into queue_unavailable', async () => {
    const work = () => {
      throw new Error('at once');
    };
    await expect(orUnavailable(work)).rejects.toMatchObject({ code: 'queue_unavailable' });
  });

  test('does not wait for work that never ends', async () => {
    await expect(orUnavailable(() => new Promise(() => undefined), 5)).rejects.toMatchObject({
      code: 'queue_unavailable',
      cause: { message: 'no answer within 5 ms' },
    });
  });
});
