import { describe, expect, test } from '@jest/globals';
import { createOldest } from './oldest.ts';

describe('the oldest of many owners', () => {
  const times = (from: number, step: number, count: number) => Array.from({ length: count }, (_, n) => from + n * step);

  test('are the same as of all together, whatever the order of the owners', () => {
    const owners = [times(50, 1, 20), times(3, 7, 20), [], times(0, 100, 20), times(60, 1, 20)];
    const all = owners.flat().toSorted((a, b) => a - b);
    for (const order of [owners, owners.toReversed()]) {
      const oldest = createOldest<number>(1000, 10, (time) => time);
      for (const owner of order) oldest.add(owner.filter((time) => time < oldest.before()).slice(0, oldest.limit));
      expect(oldest.found()).toEqual(all.slice(0, 10));
    }
  });

  test('ask many owners for little more than they give', () => {
    const oldest = createOldest<number>(1_000_000, 100, (time) => time);
    let asked = 0;
    for (let owner = 0; owner < 1000; owner += 1) {
      const page = times(owner, 1000, 100).filter((time) => time < oldest.before());
      asked += page.length;
      oldest.add(page);
    }
    expect(oldest.found()).toEqual(times(0, 1, 100));
    expect(asked).toBeLessThan(1500);
  });

  test('are those older than the bound, and none where none is wanted', () => {
    const oldest = createOldest<number>(5, 10, (time) => time);
    expect(oldest.before()).toBe(5);
    oldest.add([1, 2]);
    expect(oldest.before()).toBe(5);
    const none = createOldest<number>(5, 0, (time) => time);
    none.add([1]);
    expect(none.found()).toEqual([]);
    expect(none.before()).toBe(5);
  });
});
