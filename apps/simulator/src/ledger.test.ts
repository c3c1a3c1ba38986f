import { expect, test } from '@jest/globals';
import { createLedger, type LedgerEntry } from './ledger.ts';

const usage = { input: 3, cached: 0, output: 2, reasoning: 0 };
const entry = (customId: string, billed = true): LedgerEntry => ({
  customId,
  billed,
  model: 'm',
  endpoint: '/v1/responses',
  batchId: 'batch_1',
  status: billed ? 200 : 400,
  usage,
});

test('tells distinct, repeated and twice billed custom ids apart', () => {
  const ledger = createLedger(100);
  for (const given of [entry('a'), entry('b', false), entry('b'), entry('c'), entry('c'), entry('c')])
    ledger.record(given);
  expect(ledger.totals()).toMatchObject({
    lines_run: 6,
    lines_billed: 5,
    distinct_custom_ids: 3,
    repeated_custom_ids: 2,
    billed_twice_custom_ids: 1,
    input_tokens: 18,
    output_tokens: 12,
  });
  expect([ledger.countsOf('c').runs, ledger.countsOf('none').runs]).toEqual([3, 0]);
});

test('pages through lines as they were recorded', () => {
  const ledger = createLedger(100);
  ledger.record(entry('a'));
  ledger.record(entry('b', false));
  const first = ledger.page(0, 1);
  expect(first).toMatchObject({ has_more: true, next_after: 1 });
  expect(ledger.page(first.next_after, 5)).toMatchObject({
    has_more: false,
    next_after: 2,
    lines: [
      {
        custom_id: 'b',
        model: 'm',
        endpoint: '/v1/responses',
        batch_id: 'batch_1',
        status: 400,
        billed: false,
        usage: { input_tokens: 3, output_tokens: 2 },
      },
    ],
  });
});

test('beyond its limit counts lines without keeping them', () => {
  const ledger = createLedger(1);
  ledger.record(entry('a'));
  ledger.record(entry('b'));
  expect(ledger.totals()).toMatchObject({ lines_run: 2, lines_billed: 2, distinct_custom_ids: 1, lines_not_kept: 1 });
  expect(ledger.page(0, 10).lines).toHaveLength(1);
});

test('answers for every key how often it ran, was billed and was delivered', () => {
  const ledger = createLedger(100);
  ledger.record(entry('a'));
  ledger.record(entry('b', false));
  ledger.recordDeliveries(['a', 'a', 'never-ran']);
  expect(ledger.countsOf('a')).toEqual({ runs: 1, billed: 1, delivered: 2 });
  expect(ledger.totals()).toMatchObject({
    distinct_custom_ids: 2,
    delivered_rows: 3,
    delivered_custom_ids: 2,
    delivered_twice_custom_ids: 1,
  });
  const first = ledger.keys(0, 2);
  expect(first).toMatchObject({ has_more: true, next_after: 2, keys: [{ custom_id: 'a' }, { custom_id: 'b' }] });
  expect(ledger.keys(first.next_after, 2)).toEqual({
    has_more: false,
    next_after: 3,
    keys: [{ custom_id: 'never-ran', runs: 0, billed: 0, delivered: 1 }],
  });
});
