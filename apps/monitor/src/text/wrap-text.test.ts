import { describe, expect, it } from '@jest/globals';
import { wrapText } from './wrap-text.ts';

describe('wrapped text', () => {
  it.each([
    ['', 10, ['']],
    ['short', 10, ['short']],
    ['one two three', 8, ['one two', 'three']],
    ['a-word-too-long here', 6, ['a-word', '-too-l', 'ong', 'here']],
    ['any', 0, ['a', 'n', 'y']],
  ])('%p in %d', (text, width, lines) => expect(wrapText(text, width)).toEqual(lines));
});
