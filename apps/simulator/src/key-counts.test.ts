import { expect, test } from '@jest/globals';
import { createKeyCountTable } from './key-counts.ts';

test('counts apart from each other, each up to its end and no further', () => {
  const table = createKeyCountTable(10);
  for (let times = 0; times < 65_540; times += 1) table.add('a', ['runs', 'delivered']);
  table.add('a', ['billed', 'delivered']);
  expect(table.get('a')).toEqual({ runs: 65_535, billed: 1, delivered: 65_535 });
  expect(table.get('b')).toEqual({ runs: 0, billed: 0, delivered: 0 });
});

test('takes no new id when full, and tells the counts from before', () => {
  const table = createKeyCountTable(1);
  expect(table.add('a', ['runs'])).toEqual({ runs: 0, billed: 0, delivered: 0 });
  expect(table.add('b', ['runs'])).toBeNull();
  expect(table.add('a', ['runs'])).toEqual({ runs: 1, billed: 0, delivered: 0 });
  expect([...table.entries()]).toEqual([{ customId: 'a', runs: 2, billed: 0, delivered: 0 }]);
});
