import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { countDeliveries } from './count-deliveries.ts';

const ids = ['plain', 'a "quoted" one', 'back\\slash\\', '\u2028', 'grüße'];
const rowOf = (id: string): string => JSON.stringify({ id: 'batch_req_1', custom_id: id, text: 'x'.repeat(30) });

/** The ids counted when a text passes in pieces of a size; `whole` false as for an answer that is cut short. */
async function delivered(text: string, { piece = 7, whole = true, of = 0 } = {}): Promise<string[]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
    bytes.subarray(at * piece, (at + 1) * piece),
  );
  const seen: string[] = [];
  const counter = countDeliveries({ bytes: of === 0 ? bytes.length : of, whole }, (some) => seen.push(...some));
  const passed = (await Readable.from(pieces).pipe(counter).toArray()) as Buffer[];
  expect(Buffer.concat(passed).equals(bytes)).toBe(true);
  return seen;
}

test.each([1, 7, 64, 10_000])('tells every row of a file that passes in pieces of %i bytes', async (piece) => {
  const text = ids.map(rowOf).join('\n');
  expect(await delivered(text, { piece })).toEqual(ids);
  expect(await delivered(`${text}\n`, { piece })).toEqual(ids);
});

test('a row that is cut short is not delivered, and nothing is before the last byte', async () => {
  const text = ids.map(rowOf).join('\n');
  expect(await delivered(text.slice(0, -3), { whole: false })).toEqual(ids.slice(0, -1));
  expect(await delivered(text, { of: 10_000 })).toEqual([]);
});
