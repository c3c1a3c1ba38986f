import { describe, expect, test } from '@jest/globals';
import { type IdempotencyRecord } from '@batch-gpt/domain';
import { accountId, tenantId } from '@batch-gpt/contracts';
import { sampleKey } from '@batch-gpt/testing';
import { identifyCall, idempotencyTtl, type IdentifyDeps } from './identify-call.ts';
import { type Caller } from '../tenant-of.ts';
import { unlimited } from '../tenants/caller-settings.ts';
import { contentKey, type PreparedBody } from './prepare-request.ts';

const now = 1_000_000;
const caller: Caller = {
  tenant: tenantId.parse('acme'),
  account: accountId.parse('main'),
  keyName: null,
  settings: unlimited,
};
const body = (hashedText: string, shareable = true): PreparedBody => ({
  endpoint: '/v1/chat/completions',
  model: 'gpt-4o-mini',
  hashedText,
  lineText: hashedText,
  inputs: 0,
  shareable,
  sampled: true,
  limited: false,
  stream: null,
});
const hello = body('{"hello":1}');
const content = contentKey(caller, hello);
const plain = {
  mode: 'sync',
  noStore: false,
  noCache: false,
  maxAgeMs: null,
  retry: 0,
  idempotencyKey: null,
  cacheTtlMs: null,
} as const;

function setUp(claim: ReturnType<typeof sampleKey> | null = null) {
  const records = new Map<string, IdempotencyRecord>();
  const asked: unknown[] = [];
  const deps: IdentifyDeps = {
    requests: {
      keepUntil: () => Promise.resolve(),
      claimPrivate: (...call) => (asked.push(call), Promise.resolve(claim)),
    },
    idempotency: {
      remember: (record) => {
        const known = records.get(record.id);
        records.set(record.id, known ?? record);
        return Promise.resolve({ record: known ?? record, isNew: known === undefined });
      },
    },
    within: (work) => work,
    clock: { now: () => now },
  };
  return { deps, records, asked };
}

describe('the row of a call', () => {
  test('is everybody’s who asks the same', async () => {
    const { deps, records } = setUp();
    expect(await identifyCall(deps, caller, hello, plain)).toMatchObject({ key: content, base: null, repeatOf: null });
    expect(records.size).toBe(0);
  });

  test.each([
    [{}, false],
    [{ noCache: true }, true],
    [{ maxAgeMs: 0 }, true],
    [{ noStore: true, noCache: true }, false],
    [{ idempotencyKey: 'order-1', noCache: true }, false],
    [{ idempotencyKey: 'order-1', maxAgeMs: 5 }, true],
  ])('is asked for anew, where others share it: %j', async (wishes, asksAnew) => {
    const { deps } = setUp();
    expect(await identifyCall(deps, caller, hello, { ...plain, ...wishes })).toMatchObject({ asksAnew });
  });

  test('is its own for no-store, whose retries claim what an earlier attempt left', async () => {
    const { deps, asked } = setUp(sampleKey(7));
    const first = await identifyCall(deps, caller, hello, { ...plain, noStore: true });
    expect(first).toMatchObject({ base: content, retry: 0 });
    expect(first.key).not.toBe(content);
    expect(asked).toEqual([]);
    const retry = await identifyCall(deps, caller, hello, { ...plain, noStore: true, retry: 1 });
    expect(retry).toMatchObject({ key: sampleKey(7), base: content, retry: 1 });
    expect(asked).toEqual([['acme', content, 1]]);
  });

  test('is only looked up by whoever wants stored answers alone', async () => {
    const { deps, records } = setUp();
    const wishes = { ...plain, mode: 'cache', noStore: true, idempotencyKey: 'order-1' } as const;
    expect(await identifyCall(deps, caller, hello, wishes)).toMatchObject({ key: content, base: null });
    expect(records.size).toBe(0);
  });
});

describe('a call with an Idempotency-Key', () => {
  const keyed = { ...plain, idempotencyKey: 'order-1' };

  test('shares what may be shared, and its repeat is known', async () => {
    const { deps, records } = setUp();
    expect(await identifyCall(deps, caller, hello, keyed)).toMatchObject({ key: content, base: null, repeatOf: null });
    expect(await identifyCall(deps, caller, hello, keyed)).toMatchObject({ key: content, base: null, repeatOf: now });
    const [record] = records.values();
    expect(record).toMatchObject({ content, key: content, createdAt: now, expiresAt: now + idempotencyTtl });
    expect(record?.id).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['no-store', { noStore: true }, hello],
    ['no-cache', { noCache: true }, hello],
    ['an answer that may not be shared', {}, body('{"hello":1}', false)],
  ])('has a row of its own that only its repeats find: %s', async (_name, wishes, prepared) => {
    const { deps } = setUp();
    const first = await identifyCall(deps, caller, prepared, { ...keyed, ...wishes });
    const repeat = await identifyCall(deps, caller, prepared, { ...keyed, ...wishes });
    expect(first).toMatchObject({ base: content, repeatOf: null });
    expect(first.key).not.toBe(content);
    // No retry of a nameless call may claim it.
    expect(first.retry).toBeGreaterThan(1000);
    expect(repeat).toEqual({ ...first, repeatOf: now });
    expect(
      (await identifyCall(deps, caller, prepared, { ...keyed, ...wishes, idempotencyKey: 'order-2' })).key,
    ).not.toBe(first.key);
  });

  test('stays with the row that it had first, whatever the repeat says of caching', async () => {
    const { deps } = setUp();
    const first = await identifyCall(deps, caller, hello, { ...keyed, noCache: true });
    expect(await identifyCall(deps, caller, hello, keyed)).toEqual({ ...first, repeatOf: now });
  });

  test('is refused with another body, and free for another tenant', async () => {
    const { deps } = setUp();
    await identifyCall(deps, caller, hello, keyed);
    await expect(identifyCall(deps, caller, body('{"hello":2}'), keyed)).rejects.toMatchObject({
      code: 'idempotency_key_reused',
    });
    const other = { ...caller, tenant: tenantId.parse('globex') };
    expect(await identifyCall(deps, other, body('{"hello":2}'), keyed)).toMatchObject({ repeatOf: null });
  });
});
