import { describe, expect, it } from '@jest/globals';
import { batchState } from '@batch-gpt/contracts';
import { isLegalMove, openBatchStates } from './batch.ts';

describe('moves of a batch', () => {
  // seed S13
  it('end in settled or void, from which nothing moves', () => {
    for (const state of batchState.options) {
      const leaves = batchState.options.filter((to) => to !== state && isLegalMove(state, to));
      expect(leaves.length > 0).toBe(openBatchStates.includes(state));
    }
  });

  it('never reach the provider without an intent', () => {
    const before = batchState.options.filter((from) => from !== 'submitted' && isLegalMove(from, 'submitted'));
    expect(before).toEqual(['submitting']);
  });

  it('never give up rows that may be paid for: nothing leaves ended or settled for void', () => {
    expect(isLegalMove('ended', 'void')).toBe(false);
    expect(isLegalMove('settled', 'void')).toBe(false);
  });
});
