import { expect, test } from '@jest/globals';
import { batchOrders, filterRows, sortBatches } from './rows.ts';
import { sampleBatch } from './testing/samples.ts';

const rows = [
  sampleBatch({ id: 'a', model: 'o3', created_at: 2, expires_at: 9, counts: { total: 5, completed: 5, failed: 0 } }),
  sampleBatch({ id: 'b', model: 'gpt-4o', created_at: 1, status: 'validating', tenant: 'beta' }),
  sampleBatch({ id: 'c', model: 'o3', created_at: 1, counts: { total: 7, completed: 0, failed: 0 } }),
];
const ids = (sorted: readonly { readonly id: string }[]) => sorted.map(({ id }) => id).join('');

test('batches are sorted by each of their facts, alike ones by age', () => {
  const up = Object.fromEntries(batchOrders.map((by) => [by, ids(sortBatches(rows, by))]));
  expect(up).toEqual({
    ...{ created: 'bca', status: 'cab', model: 'bca', tenant: 'cab', lines: 'acb', progress: 'cba', expires: 'abc' },
  });
  expect(ids(sortBatches(rows, 'lines', { descending: true }))).toBe('bca');
  expect(ids(rows)).toBe('abc');
});

test('rows are found by words in any of their facts', () => {
  expect(ids(filterRows(rows, ''))).toBe('abc');
  expect(ids(filterRows(rows, 'O3'))).toBe('ac');
  expect(ids(filterRows(rows, ' beta  VALID '))).toBe('b');
  expect(ids(filterRows(rows, 'beta o3'))).toBe('');
});
