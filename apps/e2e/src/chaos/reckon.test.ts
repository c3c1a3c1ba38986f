import { describe, expect, it } from '@jest/globals';
import type { LedgerLine } from '../witness.ts';
import { reckon, type KeyKind } from './reckon.ts';

const kinds = new Map<string, KeyKind>([
  ['a', 'ordinary'],
  ['b', 'ordinary'],
  ['lost', 'row is lost'],
]);
let batch = 0;
const ran = (custom_id: string, billed: boolean): LedgerLine => ({
  custom_id,
  billed,
  status: billed ? 200 : 500,
  batch_id: `batch_${(batch += 1)}`,
  model: 'm',
  endpoint: '/v1/chat/completions',
  usage: { input_tokens: 1, output_tokens: 1 },
});

describe('reckoning', () => {
  it('takes a run after a failure of the provider for forced', () => {
    const lines = [ran('a', true), ran('b', false), ran('b', false), ran('b', true)];
    expect(reckon(lines, kinds)).toMatchObject({
      linesRun: 4,
      linesBilled: 2,
      firstRuns: 2,
      afterProviderFailure: 2,
      paidTwice: 0,
    });
  });

  it('finds a line that ran again after it was paid, whatever became of it', () => {
    const found = reckon([ran('a', true), ran('a', true), ran('b', true), ran('b', false)], kinds);
    expect(found).toMatchObject({ firstRuns: 2, paidTwice: 2 });
    expect(found.examples[0]).toMatch(/^a in batch_\d+, batch_\d+$/);
  });

  it('allows one more run to a line whose row the provider lost, and no third', () => {
    const lines = [ran('lost', true), ran('lost', true), ran('lost', true)];
    expect(reckon(lines, kinds)).toMatchObject({ firstRuns: 1, afterLostRow: 1, paidTwice: 1 });
  });

  it('counts what nobody asked for', () => {
    expect(reckon([ran('stranger', true)], kinds)).toMatchObject({ firstRuns: 0, unknown: 1 });
  });
});
