import { describe, expect, test } from '@jest/globals';
import { readWishes } from './read-wishes.ts';

const plain = {
  mode: 'sync',
  waitMs: null,
  applied: '',
  noCache: false,
  noStore: false,
  maxAgeMs: null,
  retry: 0,
  idempotencyKey: null,
  cacheTtlMs: null,
};

describe('what a call asks for', () => {
  test.each([
    [{}, {}],
    [{ prefer: 'respond-async' }, { mode: 'async', applied: 'respond-async' }],
    [{ prefer: 'Respond-Async; foo=bar , handling=lenient' }, { mode: 'async', applied: 'respond-async' }],
    [{ prefer: 'wait=10' }, { waitMs: 10_000, applied: 'wait=10' }],
    [{ prefer: 'wait="10"' }, { waitMs: 10_000, applied: 'wait=10' }],
    [{ prefer: 'respond-async, wait=10' }, { waitMs: 10_000, applied: 'respond-async, wait=10' }],
    [{ prefer: 'wait=0' }, { mode: 'async', applied: 'wait=0' }],
    [{ prefer: 'wait=99999999' }, { waitMs: 86_400_000, applied: 'wait=86400' }],
    [{ prefer: 'wait=soon' }, {}],
    [{ prefer: 'wait=-1' }, {}],
    [{ prefer: `${'x'.repeat(2000)}, respond-async` }, {}],
    [{ 'cache-control': 'only-if-cached' }, { mode: 'cache' }],
    [{ 'cache-control': 'only-if-cached', prefer: 'respond-async' }, { mode: 'cache' }],
    [{ 'cache-control': 'No-Cache' }, { noCache: true }],
    [{ 'cache-control': 'no-store, max-age=0' }, { noStore: true, maxAgeMs: 0 }],
    [{ 'cache-control': 'max-age=60, max-age=1' }, { maxAgeMs: 60_000 }],
    [{ 'cache-control': 'max-age=abc, no-transform' }, {}],
    [{ 'x-stainless-retry-count': '2' }, { retry: 2 }],
    [{ 'x-stainless-retry-count': '-2' }, {}],
    [{ 'idempotency-key': 'order-1' }, { idempotencyKey: 'order-1' }],
    [{ 'batch-cache-ttl': '60' }, { cacheTtlMs: 60_000 }],
    [{ 'batch-cache-ttl': '0' }, { cacheTtlMs: 0 }],
    [{ 'batch-cache-ttl': 'long' }, {}],
  ])('%j', (headers, wishes) => {
    expect(readWishes(headers, 'sync')).toEqual({ ...plain, ...wishes });
  });

  test.each(['sync', 'async', 'cache'] as const)('nothing: as the deployment says (%s)', (mode) => {
    expect(readWishes({}, mode).mode).toBe(mode);
  });

  test.each(['', 'two words', 'x'.repeat(256), 'ключ'])(
    'an Idempotency-Key that cannot be kept is refused: %j',
    (key) => {
      expect(() => readWishes({ 'idempotency-key': key }, 'sync')).toThrow(
        expect.objectContaining({ code: 'invalid_value', param: 'Idempotency-Key' }),
      );
    },
  );

  test('a call may choose against the deployment', () => {
    expect(readWishes({ prefer: 'wait=5' }, 'async')).toMatchObject({ mode: 'sync', waitMs: 5000 });
    expect(readWishes({ prefer: 'respond-async' }, 'cache').mode).toBe('async');
  });
});
