import { describe, expect, test } from '@jest/globals';
import { type OperatorRequestDetails } from '@batch-gpt/contracts';
import {
  batchProgress,
  explainRequest,
  formatDuration,
  ratesBetween,
  savingParts,
  savingsOf,
  windowLeft,
  windowProgress,
} from './summaries.ts';
import { sampleBatch, sampleRequest, sampleRequests, sampleSnapshot } from './testing/samples.ts';

describe('rates', () => {
  const before = sampleSnapshot({ at: 1000, requests: sampleRequests({ accepted: 5, collected: 10 }) });

  test('per minute, from two snapshots', () => {
    const month = { lines: 8, succeeded: 6, failed: 1, sent_again: 1, batches: 2 };
    const after = sampleSnapshot({ at: 1030, requests: sampleRequests({ accepted: 8, collected: 4 }, month) });
    expect(ratesBetween(before, after)).toEqual({ incoming: 8, settled: 16, batches: 4 });
  });

  test('are never below zero: rows go', () => {
    const after = sampleSnapshot({ at: 1060, requests: sampleRequests({ accepted: 1 }) });
    expect(ratesBetween(before, after)).toEqual({ incoming: 0, settled: 0, batches: 0 });
  });

  test('cannot be told in no time, over the end of a month, or of a stale store', () => {
    expect(ratesBetween(before, before)).toBeNull();
    const september = Date.UTC(2026, 8, 30, 23, 59, 59) / 1000;
    expect(ratesBetween(sampleSnapshot({ at: september }), sampleSnapshot({ at: september + 2 }))).toBeNull();
    expect(ratesBetween(before, sampleSnapshot({ at: 1001, stale_since: 1000 }))).toBeNull();
  });
});

test('a window is counted down', () => {
  const group = {
    ...({ id: 'g', tenant: 'a', account: 'b', endpoint: '/v1/embeddings', model: 'm', split: '' } as const),
    ...{ pending: 1, pending_is_more: false, oldest_accepted_at: 100, window_closes_at: 110 },
  };
  expect([90, 102.5, 110, 200].map((now) => windowLeft(group, now))).toEqual([20, 7.5, 0, 0]);
  expect([90, 102.5, 110, 200].map((now) => windowProgress(group, 10, now))).toEqual([0, 0.25, 1, 1]);
  expect(windowProgress(group, 0, 105)).toBe(1);
});

test('a batch has a share that has run', () => {
  expect(batchProgress(sampleBatch())).toBe(0.5);
  expect(batchProgress(sampleBatch({ counts: { total: 0, completed: 0, failed: 0 } }))).toBe(0);
  expect(batchProgress(sampleBatch({ counts: { total: 2, completed: 2, failed: 2 } }))).toBe(1);
  expect(batchProgress(sampleBatch({ settled_at: 5, counts: { total: 3, completed: 1, failed: 0 } }))).toBe(1);
});

describe('a request is explained', () => {
  const trouble = { code: 'batch_lost', message: 'The provider does not know it.', type: null, param: null };
  const outcome = {
    result: 'failed',
    status_code: 400,
    usage: null,
    provider_request_id: null,
    reusable_until: 1,
  } as const;
  test.each<[Partial<OperatorRequestDetails>, string]>([
    [{}, 'It waits for its window, which closes in 2s at the latest.'],
    [{ window_closes_at: 90 }, 'It waits for its window, which closes any moment.'],
    [{ waits_for: 'submission' }, 'Its batch is being made and sent to the provider.'],
    [{ waits_for: 'provider', batch: sampleBatch() }, 'The provider works on its batch (in_progress).'],
    [{ waits_for: 'results' }, 'Its batch has ended; the results are being stored.'],
    [
      { waits_for: 'operator', batch: sampleBatch({ trouble }) },
      'Its batch is in trouble: The provider does not know it.',
    ],
    [{ waits_for: null, outcome, failure: { ...trouble, message: 'Bad.' } }, 'It failed with status 400: Bad.'],
    [{ waits_for: null, outcome: { ...outcome, result: 'succeeded' } }, 'It succeeded.'],
  ])('%j', (overrides, sentence) => {
    expect(explainRequest(sampleRequest(overrides), 103)).toBe(sentence);
  });
});

test('a length of time is written for people', () => {
  const written = [-5, 0, 0.4, 45, 59.6, 125, 3600, 11_220, 86_400, 187_200].map(formatDuration);
  expect(written).toEqual(['0s', '0s', '0s', '45s', '1m 00s', '2m 05s', '1h 00m', '3h 07m', '1d 00h', '2d 04h']);
});

test('what was saved is the sum of its parts; what is unknown is in none', () => {
  const calls = (saved_usd: number) => ({ calls: 1, saved_usd });
  const money = { spent_usd: 5, list_usd: 10, batch_discount_usd: 5, unpriced: [] };
  const all = { ...money, cache_hits: calls(2), shared_calls: calls(1), wasted_usd: 0.5 };
  expect(savingParts(all)).toEqual([
    ['batch', 5],
    ['cache', 2],
    ['shared', 1],
    ['wasted', -0.5],
  ]);
  expect(savingsOf(all)).toBe(7.5);
  expect(savingsOf({ ...all, cache_hits: null, wasted_usd: null })).toBe(6);
  expect(savingParts({ ...all, wasted_usd: 0 }).map(([name]) => name)).not.toContain('wasted');
});
