import { describe, expect, test } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { canonicalJson } from './canonical-json.ts';
import { parseJson } from './parse-json.ts';

const read = (text: string, maxDepth = 64) => parseJson(text, { maxDepth });
const roundTrip = (text: string) => canonicalJson(read(text));

function refusal(text: string, maxDepth = 64): AppError {
  try {
    read(text, maxDepth);
  } catch (error) {
    if (AppError.is(error)) return error;
    throw error;
  }
  throw new Error('was parsed');
}

describe('numbers', () => {
  // field 18
  test.each([
    ['9007199254740993', '9007199254740993'],
    ['-12345678901234567890', '-12345678901234567890'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['1e400', '1e400'],
    ['1E-400', '1E-400'],
    ['0.0000000000000000000001', '0.0000000000000000000001'],
    ['1.0', '1'],
    ['1', '1'],
    ['-0', '0'],
    ['1e21', '1e+21'],
    ['1E+05', '100000'],
    ['999999999999999', '999999999999999'],
  ])('%s is written %s', (text, written) => {
    expect(roundTrip(text)).toBe(written);
    expect(roundTrip(`{"a":[${text}]}`)).toBe(`{"a":[${written}]}`);
  });

  test('a short number is written the same whether or not a long one stands beside it', () => {
    expect(roundTrip('{"a":1.50,"b":9007199254740993}')).toBe('{"a":1.5,"b":9007199254740993}');
    expect(roundTrip('{"a":1.50}')).toBe('{"a":1.5}');
  });

  test('digits inside a string are nobody’s number', () => {
    expect(read('{"a":"9007199254740993"}')).toEqual({ a: '9007199254740993' });
  });

  test('an object that looks like a raw number stays an object', () => {
    const text = '{"a":{"rawJSON":"9007199254740993"}}';
    expect(roundTrip(text)).toBe(text);
  });
});

describe('names', () => {
  test('the last of duplicate names counts', () => {
    expect(roundTrip('{"a":1,"b":2,"a":3}')).toBe('{"a":3,"b":2}');
    expect(roundTrip('{"a":1,"b":9007199254740993,"a":3}')).toBe('{"a":3,"b":9007199254740993}');
  });

  test.each(['{"__proto__":{"x":1},"a":2}', '{"__proto__":{"x":9007199254740993},"a":2}'])('%s survives', (text) => {
    expect(roundTrip(text)).toBe(text);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

// https://github.com/nodejs/node/issues/63785
describe('names written with escapes', () => {
  test.each([
    ['m1', '\\\\', '\\u0000', '\u0000'],
    ['m2', '\\\\', '\\u00e9', 'é'],
    ['m3', '\\\\', '\\"', '"'],
    ['m4', '\\\\u', '\\u0041B', 'AB'],
    ['m5', 'a\\\\', 'a\\u0041', 'aA'],
  ])('%s: after %s, %s is %j', (first, before, written, name) => {
    const text = (second: string, value: string) => `{"${first}":1,"${second}":${value}}`;
    for (const value of ['3', '9007199254740993']) {
      read(text(before, value));
      expect(Object.keys(read(text(written, value)) as object)).toEqual([first, name]);
      expect(roundTrip(text(written, value))).toContain(`:${value}`);
    }
  });

  test('the detour reads what the parser reads', () => {
    const text =
      ' { "\\u0061" : [ ] , "b":{ } ,"c" : [ null , true,false, "x\\u0000" , -1.5e3, { "\\t":[[ 1 ]] } ] ,"__proto__":{"d":"}"} , "b":2 } ';
    expect(read(text)).toEqual(JSON.parse(text));
    expect(Object.keys(read(text) as object)).toEqual(['a', 'b', 'c', '__proto__']);
  });

  test('escapes elsewhere, and colons in strings, need no detour', () => {
    expect(roundTrip('{"a":"\\n","b":["\\":",":"]}')).toBe('{"a":"\\n","b":["\\":",":"]}');
  });
});

describe('refusals', () => {
  test.each(['', ' ', '{', '{"a":}', '[1,]', 'nul', '"\u0001"', '{"secret prompt', '01', '\ufeff{}'])(
    '%j is not JSON, and is not quoted',
    (text) => {
      const error = refusal(text);
      expect(error.code).toBe('invalid_json');
      expect(error.cause).toBeUndefined();
      expect(error.message).not.toContain('secret');
    },
  );

  test.each(['[', '{"a":'])('20,000 times %s is refused without a stack overflow', (open) => {
    const close = open === '[' ? ']' : '}';
    expect(refusal(open.repeat(20_000) + '1' + close.repeat(20_000)).code).toBe('body_too_deep');
  });

  test('the limit itself is allowed, one more is not', () => {
    expect(roundTrip('['.repeat(64) + ']'.repeat(64))).toHaveLength(128);
    expect(refusal('['.repeat(65) + ']'.repeat(65)).code).toBe('body_too_deep');
  });

  test('brackets in strings do not count, whatever is escaped', () => {
    const text = JSON.stringify({ a: '['.repeat(500), b: `\\"${'{'.repeat(500)}`, c: '\\' });
    expect(read(text, 2)).toEqual(JSON.parse(text));
  });

  test('siblings do not add up', () => {
    expect(read(`[${'[],'.repeat(500)}[]]`, 2)).toHaveLength(501);
  });
});
