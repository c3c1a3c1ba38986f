import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from './canonical-json.ts';
import { parseJson } from './parse-json.ts';

/** Small deterministic generator (xorshift), so that a failure can be repeated from its seed. */
function seeded(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Pick = (below: number) => number;

const names = [
  'a',
  'b',
  'B',
  '10',
  '9',
  '2',
  '__proto__',
  'constructor',
  'é',
  '€',
  '\u{1F600}',
  '\ufb33',
  '',
  'a"b',
  '\ud800',
];
const scalars = [
  'null',
  'true',
  'false',
  '0',
  '-0',
  '1.0',
  '1e21',
  '9007199254740993',
  '0.1',
  '1e999',
  '"x"',
  '"\\ud800"',
  '"\u2028"',
];

/** A random JSON value as text, its names in random order and its white space random. */
function randomText(pick: Pick, depth: number): string {
  const gap = ['', ' ', '\n\t'][pick(3)] ?? '';
  const kind = depth === 0 ? 0 : pick(3);
  if (kind === 0) return gap + (scalars[pick(scalars.length)] ?? '0') + gap;
  const inner = Array.from({ length: pick(5) }, () => randomText(pick, depth - 1));
  if (kind === 1) return `[${inner.join(',')}${inner.length === 0 ? gap : ''}]`;
  const start = pick(names.length);
  return `{${inner.map((text, index) => `${JSON.stringify(names[(start + index * 7) % names.length])}:${gap}${text}`).join(',')}}`;
}

/** The value of a text; -0 is 0, as in RFC 8785. */
const valueOf = (text: string): unknown => JSON.parse(text, (_name, value: unknown) => (value === 0 ? 0 : value));

const canonical = (text: string) => canonicalJson(parseJson(text, { maxDepth: 64 }));

/** Writes the same value with the names of every object in another order. */
function shuffledText(value: unknown, pick: Pick): string {
  if (Array.isArray(value)) return `[${value.map((item) => shuffledText(item, pick)).join(', ')}]`;
  if (typeof value !== 'object' || value === null || 'rawJSON' in value) return canonicalJson(value);
  const entries = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)} :${shuffledText(item, pick)}`);
  const turn = entries.length === 0 ? 0 : pick(entries.length);
  return `{${[...entries.slice(turn), ...entries.slice(0, turn)].reverse().join(' ,')}}`;
}

describe('canonical text', () => {
  test.each(Array.from({ length: 300 }, (_, seed) => seed))(
    'seed %i: a fixed point, the same value, any order',
    (seed) => {
      const pick = seeded(seed);
      const text = randomText(pick, 5);
      const once = canonical(text);
      expect(canonical(once)).toBe(once);
      expect(valueOf(once)).toEqual(valueOf(text));
      expect(canonical(shuffledText(parseJson(text, { maxDepth: 64 }), pick))).toBe(once);
      expect(once.isWellFormed()).toBe(true);
    },
  );

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
