import { describe, expect, it } from '@jest/globals';
import { cleanStrings, cleanText } from './clean-text.ts';

describe('text from outside', () => {
  it.each([
    ['colours and cursor moves', '\u001b[31mred\u001b[0m \u001b[2Jgone\u001b[10;10H', 'red gone'],
    ['titles and links', '\u001b]0;owned\u0007name \u001b]8;;http://x\u0007link\u001b]8;;\u0007', 'name link'],
    ['lone control characters', 'a\u0000b\u0007c\u007fd\u009be', 'abcde'],
    ['breaks of lines', 'one\r\ntwo\tthree\u2028four', 'one two three four'],
    ['turned and hidden text', 'abc\u202edef\u2066\u200b\ufeffg', 'abcdefg'],
    ['halves of pairs', 'a\ud800b', 'ab'],
  ])('loses %s', (_what, given, expected) => expect(cleanText(given)).toBe(expected));

  it('keeps every language', () => expect(cleanText('Größe 模型 🙂')).toBe('Größe 模型 🙂'));

  it('is bounded', () => expect(cleanText('x'.repeat(100_000))).toHaveLength(4000));

  it('is cleaned wherever it is in a value, names included', () => {
    expect(cleanStrings({ a: ['\u001b[1mb', { 'c\u0007': 'd\n' }], n: 1, z: null, t: true })).toEqual({
      a: ['b', { c: 'd ' }],
      n: 1,
      z: null,
      t: true,
    });
  });
});
