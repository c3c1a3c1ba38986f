import { describe, expect, it } from '@jest/globals';
import { flag, integer, integerOrNull, text, textOrNull } from './column.ts';

const row = { name: 'a', count: 3, nothing: null, big: 1n, yes: 1, no: 0 };

describe('columns', () => {
  it('give what is expected of them', () => {
    expect([text(row, 'name'), textOrNull(row, 'nothing'), textOrNull(row, 'name')]).toEqual(['a', null, 'a']);
    expect([integer(row, 'count'), integerOrNull(row, 'nothing'), integerOrNull(row, 'count')]).toEqual([3, null, 3]);
    expect([flag(row, 'yes'), flag(row, 'no')]).toEqual([true, false]);
  });

  it('refuse anything else', () => {
    for (const column of ['count', 'nothing', 'missing']) expect(() => text(row, column)).toThrow(column);
    for (const column of ['name', 'nothing', 'big', 'missing']) expect(() => integer(row, column)).toThrow(column);
    expect(() => textOrNull(row, 'missing')).toThrow('missing');
  });
});
