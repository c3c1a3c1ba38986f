import { describe, expect, test } from '@jest/globals';
import { type RequestRecord } from '@batch-gpt/domain';
import { sampleBatchId, sampleKey, sampleOutcome, sampleRequest } from '@batch-gpt/testing';
import { createHotOutcomes } from './hot-outcomes.ts';

type Done = Extract<RequestRecord, { state: 'done' }>;

function done(n: number, change: Partial<Done> = {}): Done {
  const { body: _, ...facts } = sampleRequest(n);
  const outcome = sampleOutcome({ body: '"x"' });
  const times = { collectedAt: 0, doneAt: 0, reuseUntil: 9e15, expiresAt: 9e15 };
  return {
    ...facts,
    ...times,
    state: 'done',
    attempt: 1,
    rounds: 0,
    batchId: sampleBatchId(1),
    outcome,
    delivered: false,
    kept: null,
    ...change,
  };
}

function setUp(maxBytes = 1_000_000) {
  let now = 0;
  const hot = createHotOutcomes({ maxBytes, maxAge: 30_000, monotonic: () => now });
  return { hot, pass: (ms: number) => void (now += ms) };
}

describe('hot outcomes', () => {
  test('are kept until it is time to look them up again, however often they are used', () => {
    const { hot, pass } = setUp();
    hot.put(done(1));
    for (let turn = 0; turn < 3; turn += 1) {
      expect(hot.get(sampleKey(1))).toEqual(done(1));
      pass(10_000);
    }
    expect(hot.get(sampleKey(1))).toBeUndefined();
  });

  test('stay within their bytes: what was used least recently goes first', () => {
    const { hot } = setUp(20_000);
    const kept = () => Array.from({ length: 40 }, (_, n) => n).filter((n) => hot.get(sampleKey(n)) !== undefined);
    for (let n = 0; n < 10; n += 1) hot.put(done(n));
    hot.get(sampleKey(0));
    for (let n = 10; n < 28; n += 1) hot.put(done(n));
    expect(kept()).toEqual([0, ...Array.from({ length: 18 }, (_, n) => n + 10)]);
    hot.put(done(5, { outcome: sampleOutcome({ body: 'x'.repeat(10_000) }) }));
    expect(hot.get(sampleKey(5))).toBeUndefined();
  });

  test('go when something happens to them', () => {
    const { hot } = setUp();
    hot.put(done(1));
    hot.put(done(2));
    hot.drop([sampleKey(1), sampleKey(3)]);
    expect(hot.get(sampleKey(1))).toBeUndefined();
    expect(hot.get(sampleKey(2))).toBeDefined();
  });

  test.each([
    ['unshareable', { outcome: sampleOutcome({ shareable: false }) }],
    ['private', { base: sampleKey(9) }],
  ])('are never %s ones', (_name, change) => {
    const { hot } = setUp();
    hot.put(done(1, change));
    expect(hot.get(sampleKey(1))).toBeUndefined();
  });

  test('are none without room', () => {
    const { hot } = setUp(0);
    hot.put(done(1));
    expect(hot.get(sampleKey(1))).toBeUndefined();
  });
});
