import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createIdScanner } from './scan-ids.ts';

const wanted = new Set(['id', 'object', 'file.id', 'result_files[]']);

/** What is found in a text that arrives in pieces of so many bytes. */
function scan(text: string, size = 3) {
  const scanner = createIdScanner(wanted);
  const bytes = Buffer.from(text);
  let ended = false;
  for (let at = 0; at < bytes.length; at += size) ended = scanner.push(bytes.subarray(at, at + size));
  return { ended, found: Object.fromEntries(scanner.found()) };
}

describe('the scanner', () => {
  test.each([
    ['{"id":"a","object":"file"}', { id: ['a'], object: ['file'] }],
    [' { "id" : "a" } ', { id: ['a'] }],
    ['{"file":{"id":"b","n":{"id":"deep"}},"id":"a"}', { 'file.id': ['b'], id: ['a'] }],
    ['{"result_files":["a","b"],"result_files_of":["c"]}', { 'result_files[]': ['a', 'b'] }],
    ['{"data":[{"id":"a"}],"x":{"y":{"id":"b"}}}', {}],
    ['[{"id":"a"}]', {}],
    ['{"text":"\\"id\\":\\"a\\"","id":"b"}', { id: ['b'] }],
    ['{"text":"\\\\","id":"b"}', { id: ['b'] }],
    ['{"id":null,"object":1}', {}],
    [`{"id":"${'x'.repeat(300)}"}`, {}],
    ['event: response.created\ndata: {"id":"a"}\n\ndata: {"id":"b"}\n\n', { id: ['a'] }],
  ])('finds in %s', (text, found) => {
    for (const size of [1, 3, 1000]) expect(scan(text, size)).toEqual({ ended: true, found });
  });

  test('says when the text has ended, and not before', () => {
    const text = '{"id":"a","b":[{"c":"}"}]}';
    const scanner = createIdScanner(wanted);
    expect(scanner.push(Buffer.from(text.slice(0, -1)))).toBe(false);
    expect(scanner.push(Buffer.from(text.slice(-1)))).toBe(true);
    expect(scan(text.slice(0, -1)).ended).toBe(false);
    expect(scan('').ended).toBe(false);
  });

  test('is not led astray by closing brackets of a text that is no JSON', () => {
    expect(scan(']}]}{"id":"a"}')).toMatchObject({ ended: true, found: {} });
  });

  test('finds what a parser finds, in any object and any pieces', () => {
    const object = fc.dictionary(fc.oneof(fc.constantFrom('id', 'object', 'file', 'x'), fc.string()), fc.jsonValue());
    fc.assert(
      fc.property(object, fc.integer({ min: 1, max: 50 }), (value, size) => {
        const { ended, found } = scan(JSON.stringify(value), size);
        expect(ended).toBe(true);
        const { id } = value;
        // Names and values with escapes are no ids of the provider's, and are not read.
        if (typeof id === 'string' && id.length <= 256 && JSON.stringify(id) === `"${id}"` && /^[ -~]*$/.test(id))
          expect(found['id']).toEqual([id]);
        else if (typeof id !== 'string') expect(found['id']).toBeUndefined();
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});
