import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from './canonical-json.ts';
import { parseJson } from './parse-json.ts';

const canonical = (text: string) => canonicalJson(parseJson(text, { maxDepth: 64 }));

describe('canonical text', () => {
  test('names are sorted by UTF-16 code unit, integer-like ones too', () => {
    // U+1F600 begins with the unit D83D, which is below FB33 although its code point is above.
    expect(canonical('{"\ufb33":1,"\u{1F600}":2,"10":3,"9":4,"B":5,"a":6,"2":7}')).toBe(
      '{"10":3,"2":7,"9":4,"B":5,"a":6,"\u{1F600}":2,"\ufb33":1}',
    );
  });

  test('omitted names go from the outermost object only', () => {
    const value = { user: 'x', a: { user: 'y' }, b: [{ user: 'z' }] };
    expect(canonicalJson(value, { omit: new Set(['user']) })).toBe('{"a":{"user":"y"},"b":[{"user":"z"}]}');
    expect(canonicalJson({ user: 1 }, { omit: new Set(['user']) })).toBe('{}');
    expect(canonicalJson({ a: 1, user: 1, z: 2 }, { omit: new Set(['a', 'z']) })).toBe('{"user":1}');
  });

  test.each([
    ['{"a":1}', '{"a":"1"}'],
    ['{"a":[1,2]}', '{"a":[2,1]}'],
    ['{"a":null}', '{}'],
    ['{"__proto__":{"a":1}}', '{}'],
    ['{"a":9007199254740992}', '{"a":9007199254740993}'],
    ['{"a":"\\ud800"}', '{"a":"\\ufffd"}'],
    ['{"a":1e400}', '{"a":null}'],
    ['{"a":{"b":1}}', '{"a":{},"b":1}'],
  ])('%s and %s differ', (a, b) => {
    expect(canonical(a)).not.toBe(canonical(b));
  });

  test('line separators stay inside one line of a file', () => {
    expect(canonical('{"a":"\\n\\r"}')).toBe('{"a":"\\n\\r"}');
  });
});
