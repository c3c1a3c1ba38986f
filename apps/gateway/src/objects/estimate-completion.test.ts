import { describe, expect, test } from '@jest/globals';
import { type RequestRecord } from '@batch-gpt/domain';
import { sampleBatch, sampleBatchId, sampleRequest, sampleTime } from '@batch-gpt/testing';
import { estimateCompletion, type EstimateInputs } from './estimate-completion.ts';

const minute = 60_000;
const { body: _, ...facts } = sampleRequest(0);
const open = { attempt: 0, rounds: 0, outcome: null, reuseUntil: null };
const accepted: RequestRecord = { ...facts, ...open, state: 'accepted', batchId: null };
const collected: RequestRecord = {
  ...facts,
  ...open,
  state: 'collected',
  batchId: sampleBatchId(1),
  collectedAt: sampleTime + minute,
};
const batch = sampleBatch(1, { state: 'submitted', createdAt: sampleTime + minute });
/** One minute, two minutes, … */
const minutes = (count: number) => Array.from({ length: count }, (_unused, index) => (index + 1) * minute);
const seconds = (ms: number) => Math.floor(ms / 1000);
const estimate = (inputs: Partial<EstimateInputs>) =>
  estimateCompletion({
    record: accepted,
    batch: null,
    window: 5000,
    turnarounds: minutes(10),
    now: sampleTime,
    ...inputs,
  });

describe('a request that waits for its batch', () => {
  test('counts from the end of its window', () => {
    expect(estimate({})).toEqual({
      completes_at: seconds(sampleTime + 5000 + 5 * minute),
      completes_by: seconds(sampleTime + 5000 + 9 * minute),
      turnaround_seconds: { p50: 300, p90: 540 },
      samples: 10,
      confidence: 'medium',
    });
  });

  test('whose window should have closed counts from now', () => {
    const now = sampleTime + 3 * minute;
    expect(estimate({ now })?.completes_at).toBe(seconds(now + 5 * minute));
  });
});

describe('a request in a batch', () => {
  test('counts from the beginning of the batch, by those that took longer than it has already', () => {
    const now = sampleTime + minute + 8 * minute;
    expect(estimate({ record: collected, batch, now })).toEqual({
      completes_at: seconds(batch.createdAt + 9 * minute),
      completes_by: seconds(batch.createdAt + 10 * minute),
      turnaround_seconds: { p50: 540, p90: 600 },
      samples: 2,
      confidence: 'low',
    });
  });

  test('that takes longer than any before has no estimate', () => {
    expect(estimate({ record: collected, batch, now: sampleTime + 11 * minute })).toBeNull();
  });

  test('whose batch is in trouble has none', () => {
    const trouble = { status: 502, code: 'batch_lost', message: 'lost', param: null, type: 'server_error' };
    expect(estimate({ record: collected, batch: { ...batch, trouble } })).toBeNull();
  });
});

test('nothing known is nothing said', () => {
  expect(estimate({ turnarounds: [] })).toBeNull();
});

test.each([
  [1, 'low'],
  [4, 'low'],
  [5, 'medium'],
  [19, 'medium'],
  [20, 'high'],
])('%d batches are %s confidence', (count, confidence) => {
  expect(estimate({ turnarounds: minutes(count) })).toMatchObject({ samples: count, confidence });
});
