import { describe, expect, it } from '@jest/globals';
import { styleText } from 'node:util';
import { formatTable } from './format-table.ts';

describe('a table', () => {
  it('has columns as wide as their widest cell and nothing behind the last', () => {
    expect(formatTable([['a', 'bbb', 'c'], ['aaaa', 'b'], []])).toEqual(['a     bbb  c', 'aaaa  b', '']);
  });

  it('measures what is seen, not the codes of colours', () => {
    const green = styleText('green', 'ok', { validateStream: false });
    expect(
      formatTable([
        [green, 'x'],
        ['failed', 'y'],
      ])[0],
    ).toBe(`${green}      x`);
  });

  it('is empty without rows', () => {
    expect(formatTable([])).toEqual([]);
  });
});
