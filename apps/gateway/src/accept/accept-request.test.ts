import { describe, expect, test } from '@jest/globals';
import { type RequestKey } from '@batch-gpt/contracts';
import { defaultRetention, keepUntil, maxLookupBytes, type NewRequest, type RequestStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import {
  createMemoryStores,
  sampleAccount,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleTime,
} from '@batch-gpt/testing';
import { openCaller, type Caller } from '../tenant-of.ts';
import { type LimitNewWork } from '../tenants/limit-new-work.ts';
import { createWithin } from '../within.ts';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { type ReuseWishes } from './decide-reuse.ts';
import { createHotOutcomes } from './hot-outcomes.ts';
import { createAcceptor, type Acceptance, type Call } from './accept-request.ts';

const plain = { noCache: false, maxAgeMs: null, isRetry: false, repeatOf: null };
const caller = openCaller(() => sampleAccount);
const callOf = (request: NewRequest, change: Partial<Call> = {}): Call => ({
  caller,
  request,
  reuse: plain,
  mayEnqueue: true,
  ...change,
});
const call = (n: number, change: Partial<Call> = {}) => callOf(sampleRequest(n), change);
const noCache = { reuse: { ...plain, noCache: true } };

const unlimited: LimitNewWork = (callers) => Promise.resolve(callers.map(() => null));

function setUp(
  change: (requests: RequestStore) => Partial<RequestStore> = () => ({}),
  limitNewWork: LimitNewWork = unlimited,
) {
  const { requests, ...stores } = createMemoryStores();
  const counts = { lookup: 0, insert: 0, acceptAnew: 0 };
  const counting: RequestStore = {
    ...requests,
    lookup: (keys, maxBytes) => ((counts.lookup += 1), requests.lookup(keys, maxBytes)),
    insert: (rows) => ((counts.insert += 1), requests.insert(rows)),
    acceptAnew: (rows) => ((counts.acceptAnew += 1), requests.acceptAnew(rows)),
  };
  const announced: NewRequest[] = [];
  const noting = new Set<RequestKey>();
  const clock = createManualGatewayClock(sampleTime);
  const acceptor = createAcceptor({
    requests: { ...counting, ...change(counting) },
    announce: (stored) => void announced.push(...stored),
    limitNewWork,
    deliveries: { isNoting: (key) => noting.has(key) },
    hot: createHotOutcomes({ maxBytes: 1_000_000, maxAge: 30_000, monotonic: () => clock.monotonic() }),
    clock,
    within: createWithin(5000, clock),
    maxWaiting: 1000,
  });
  return { acceptor, requests, stores, counts, announced, noting, clock };
}

async function finish(requests: RequestStore, n: number, at = sampleTime, body = sampleOutcome().body): Promise<void> {
  const id = sampleBatchId(n);
  const outcome = sampleOutcome({ at, body });
  await requests.claim(sampleGroup(), id, [sampleKey(n)], at);
  await requests.settle(id, [
    {
      key: sampleKey(n),
      outcome,
      attempt: 1,
      ...keepUntil(outcome, defaultRetention, { isPrivate: false, cacheTtl: null }),
    },
  ]);
}

const kinds = (all: readonly Acceptance[]) =>
  all.map((one) => (one.kind === 'pending' && one.collapsed ? 'joined' : one.kind));

describe('a tick', () => {
  test('takes one look-up and one insert for all calls of a turn', async () => {
    const { acceptor, counts, announced } = setUp();
    const all = await Promise.all(Array.from({ length: 200 }, (_, n) => acceptor.accept(call(n))));
    expect(counts).toEqual({ lookup: 1, insert: 1, acceptAnew: 0 });
    expect(announced).toHaveLength(200);
    expect(new Set(kinds(all))).toEqual(new Set(['pending']));
  });

  test('stores identical calls once', async () => {
    const { acceptor, announced } = setUp();
    const all = await Promise.all([1, 1, 1].map((n) => acceptor.accept(call(n))));
    expect(kinds(all)).toEqual(['pending', 'joined', 'joined']);
    expect(announced).toHaveLength(1);
  });

  test('decides for each call: hit, asked anew, and absent beside one another', async () => {
    const { acceptor, requests, announced } = setUp();
    await requests.insert([sampleRequest(1)]);
    await finish(requests, 1);
    const all = await Promise.all([
      acceptor.accept(call(1)),
      acceptor.accept(call(1, noCache)),
      acceptor.accept(call(1, noCache)),
      acceptor.accept(call(1, { ...noCache, mayEnqueue: false })),
      acceptor.accept(call(2, { mayEnqueue: false })),
    ]);
    expect(kinds(all)).toEqual(['hit', 'pending', 'joined', 'absent', 'absent']);
    expect(all[1]).toMatchObject({ forward: 'request', notDoneAt: sampleTime });
    expect(announced.map(({ key }) => key)).toEqual([sampleKey(1)]);
    expect((await requests.lookup([sampleKey(2)])).rows.size).toBe(0);
  });
});

test('many large outcomes are all answered, and no more of them are looked up than are let go of', async () => {
  const body = `"${'x'.repeat(1_500_000)}"`;
  const sizes: number[] = [];
  const bounds: (number | undefined)[] = [];
  const { acceptor, requests } = setUp((store) => ({
    lookup: async (keys, maxBytes) => {
      const page = await store.lookup(keys, maxBytes);
      bounds.push(maxBytes);
      sizes.push([...page.rows.values()].reduce((sum, { outcome }) => sum + (outcome?.body.length ?? 0), 0));
      return page;
    },
  }));
  await requests.insert(Array.from({ length: 20 }, (_, n) => sampleRequest(n)));
  for (let n = 0; n < 20; n += 1) await finish(requests, n, sampleTime, body);
  const all = await Promise.all(Array.from({ length: 22 }, (_, n) => acceptor.accept(call(n))));
  expect(kinds(all)).toEqual([...Array.from({ length: 20 }, () => 'hit'), 'pending', 'pending']);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(maxLookupBytes / 4);
  expect(new Set(bounds)).toEqual(new Set([maxLookupBytes / 4]));
  expect(sizes).toHaveLength(10);
});

test('a hot outcome answers from memory for a while, but not who asks anew', async () => {
  const { acceptor, requests, clock } = setUp();
  const recall = (reuse: ReuseWishes = plain) => acceptor.recall(sampleKey(1), reuse)?.kind ?? null;
  await requests.insert([sampleRequest(1)]);
  await finish(requests, 1);
  expect(recall()).toBeNull();
  expect((await acceptor.accept(call(1))).kind).toBe('hit');
  expect(recall()).toBe('hit');
  expect(recall(noCache.reuse)).toBeNull();
  // What it asked for may be under way, started elsewhere.
  expect(recall({ ...noCache.reuse, isRetry: true })).toBeNull();
  expect(recall({ ...plain, maxAgeMs: 0, isRetry: true })).toBeNull();
  expect(recall({ ...plain, isRetry: true })).toBe('hit');
  await clock.advance(30_000);
  expect(recall()).toBeNull();

  await acceptor.accept(call(1));
  expect(recall()).toBe('hit');
  expect((await acceptor.accept(call(1, noCache))).kind).toBe('pending');
  expect(recall()).toBeNull();
});

describe('a lost race', () => {
  test('for an insert: looks again and joins', async () => {
    const { acceptor, announced, counts } = setUp((requests) => ({
      insert: async (rows) => {
        await requests.insert(rows);
        return new Set();
      },
    }));
    const acceptance = await acceptor.accept(call(1));
    expect(kinds([acceptance])).toEqual(['joined']);
    expect(counts.lookup).toBe(2);
    expect(announced).toEqual([]);
  });

  test('for asking anew: looks again and joins, but not with the outcome it refused', async () => {
    const { acceptor, requests } = setUp((inner) => ({
      acceptAnew: async (rows) => {
        await inner.acceptAnew(rows);
        return new Set();
      },
    }));
    await requests.insert([sampleRequest(1)]);
    await finish(requests, 1);
    expect(await acceptor.accept(call(1, noCache))).toMatchObject({
      kind: 'pending',
      collapsed: true,
      notDoneAt: sampleTime,
    });
  });

  test('every time: a retryable error', async () => {
    const { acceptor, counts } = setUp(() => ({ insert: () => Promise.resolve(new Set()) }));
    const error: unknown = await acceptor.accept(call(1)).catch((thrown: unknown) => thrown);
    expect(AppError.is(error, 'outcome_lost')).toBe(true);
    expect(counts.lookup).toBe(4);
  });
});

test('a store that fails fails all calls of the tick, and the next tick works', async () => {
  const { acceptor, stores, announced } = setUp();
  stores.setAway(true);
  const failed = await Promise.allSettled([acceptor.accept(call(1)), acceptor.accept(call(2))]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(announced).toEqual([]);
  stores.setAway(false);
  expect((await acceptor.accept(call(1))).kind).toBe('pending');
});

test('calls beyond what may wait are refused at once while the store hangs', async () => {
  const { acceptor } = setUp(() => ({ lookup: () => new Promise(() => undefined) }));
  const waiting = Array.from({ length: 3500 }, (_, n) =>
    acceptor.accept(call(n)).then(
      () => 'answered',
      (error: unknown) => error,
    ),
  );
  const first = await Promise.race(waiting);
  expect(AppError.is(first, 'store_unavailable')).toBe(true);
});

describe('limits of new work', () => {
  const named = (keyName: string): Caller => ({ ...caller, keyName });
  const refusal = new AppError('insufficient_quota', 'spent');
  const onlyGood: LimitNewWork = (callers) =>
    Promise.resolve(callers.map(({ keyName }) => (keyName === 'good' ? null : refusal)));
  const bad = { caller: named('bad') };
  const good = { caller: named('good') };

  test('refuse what would be stored, and nothing that is answered or joined', async () => {
    const { acceptor, requests, announced } = setUp(undefined, onlyGood);
    await acceptor.accept(call(1, good));
    await finish(requests, 1);
    await acceptor.accept(call(2, good));
    const all = await Promise.allSettled([
      acceptor.accept(call(1, bad)),
      acceptor.accept(call(1, { ...bad, ...noCache })),
      acceptor.accept(call(2, bad)),
      acceptor.accept(call(3, bad)),
      acceptor.accept(call(3, { ...bad, mayEnqueue: false })),
    ]);
    expect(all.map((one) => (one.status === 'fulfilled' ? one.value.kind : (one.reason as unknown)))).toEqual([
      'hit',
      refusal,
      'pending',
      refusal,
      'absent',
    ]);
    expect((await requests.lookup([sampleKey(3)])).rows.size).toBe(0);
    expect(announced.map(({ key }) => key)).toEqual([sampleKey(1), sampleKey(2)]);
  });

  test('of one key do not refuse another key’s call for the same, whichever comes first', async () => {
    const { acceptor, announced } = setUp(undefined, onlyGood);
    const all = await Promise.allSettled([bad, good, bad, good].map((one) => acceptor.accept(call(1, one))));
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(announced).toHaveLength(1);
  });

  test('are asked once for identical calls', async () => {
    const asked: number[] = [];
    const { acceptor } = setUp(undefined, (callers) => (asked.push(callers.length), unlimited(callers)));
    await Promise.all([1, 1, 1, 2].map((n) => acceptor.accept(call(n))));
    expect(asked).toEqual([2]);
  });
});
