import { describe, expect, it } from '@jest/globals';
import { rawMember } from './raw-member.ts';

const path = ['response', 'body'];

describe('rawMember', () => {
  it.each([
    ['an object', '{"id":12345678901234567890,"a":[1.0,{"b":"}"}]}'],
    ['an empty object', '{}'],
    ['a list', '[[],{},"]"]'],
    ['a string with quotes and brackets', '"say \\"}\\" \\\\"'],
    ['a string that ends in backslashes', '"\\\\\\\\"'],
    ['a number that no double holds', '-1.234567890123456789e400'],
    ['a literal', 'null'],
    ['escapes and separators of lines', '{"\\u0061":"\\u2028\u2028é"}'],
  ])('gives %s as it was sent', (_name, value) => {
    const compact = `{"id":"x","response":{"status_code":200,"body":${value}},"error":null}`;
    const spaced = `\t{ "id" : "x" , "response" : { "body" : ${value} , "status_code" : 2e2 } }\r`;
    expect(rawMember(compact, path)).toBe(value);
    expect(rawMember(spaced, path)).toBe(value);
  });

  it('is not misled by the same names elsewhere', () => {
    const line = '{"error":{"body":1},"custom_id":"\\"body\\":2","response":{"x":{"body":3},"body":4},"body":5}';
    expect(rawMember(line, path)).toBe('4');
  });

  it('takes the last of repeated keys, as JSON.parse does, however they are spelled', () => {
    const line = '{"response":{"body":1},"response":{"body":2,"bod\\u0079":3}}';
    expect(rawMember(line, path)).toBe('3');
    expect(JSON.parse(line)).toEqual({ response: { body: 3 } });
  });

  it.each(['{}', '{"response":null}', '{"response":{}}', '{"response":[{"body":1}]}', '[]', '7', '"response"'])(
    'finds nothing in %s',
    (line) => expect(rawMember(line, path)).toBeNull(),
  );
});
