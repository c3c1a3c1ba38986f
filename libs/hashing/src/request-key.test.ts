import { describe, expect, test } from '@jest/globals';
import { requestKey, tenantId } from '@batch-gpt/contracts';
import { randomRequestKey, requestKeyOf } from './request-key.ts';

const tenant = tenantId.parse('default');
const content = { tenant, endpoint: '/v1/chat/completions', hashedText: '{"a":1}' } as const;

describe('content keys', () => {
  // seed S20
  test('the same content has the same key, for good', () => {
    // Stored outcomes are found by this value: a change of it forgets every cache.
    expect(requestKeyOf(content)).toBe(requestKeyOf({ ...content }));
    expect(requestKeyOf(content)).toBe('15ae8edf4d4787e4dde98ba4ecb661d61b83e7fa64543053836bc9335b39cb26');
  });

  // field 9
  test.each([
    { ...content, tenant: tenantId.parse('default2') },
    { ...content, endpoint: '/v1/responses' as const },
    { ...content, hashedText: '{"a":2}' },
    { ...content, tenant: tenantId.parse('default22'), hashedText: '{"a":1}'.slice(2) },
  ])('any other content has another key', (other) => {
    expect(requestKeyOf(other)).not.toBe(requestKeyOf(content));
    expect(requestKey.safeParse(requestKeyOf(other)).success).toBe(true);
  });
});

describe('private keys', () => {
  const base = requestKeyOf(content);

  test('are keys, and never the same twice', () => {
    const keys = new Set(Array.from({ length: 100 }, () => randomRequestKey()));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(requestKey.safeParse(key).success).toBe(true);
  });

  // field 13
  test('with a salt are the same for the same call only', () => {
    const key = randomRequestKey({ tenant, base, salt: 'order-1' });
    expect(randomRequestKey({ tenant, base, salt: 'order-1' })).toBe(key);
    expect(randomRequestKey({ tenant, base, salt: 'order-2' })).not.toBe(key);
    expect(randomRequestKey({ tenant: tenantId.parse('other'), base, salt: 'order-1' })).not.toBe(key);
    expect(randomRequestKey({ tenant, base: key, salt: 'order-1' })).not.toBe(key);
  });
});
