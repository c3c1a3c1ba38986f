import { describe, expect, it } from '@jest/globals';
import { readResultLines } from './read-result-lines.ts';

const big = 1_000_000;

async function read(text: string, chunkSize: number, maxLineBytes = big) {
  const bytes = Buffer.from(text);
  async function* chunks() {
    await Promise.resolve();
    for (let at = 0; at < bytes.length; at += chunkSize) yield new Uint8Array(bytes.subarray(at, at + chunkSize));
  }
  const parts = await Array.fromAsync(readResultLines(chunks(), maxLineBytes));
  return { lines: parts.flatMap(({ lines }) => lines), tooLong: parts.reduce((sum, part) => sum + part.tooLong, 0) };
}

const lines = ['{"a":"é😀"}', '{"b":"\u2028\u2029\u0085\\n"}', '{"c":1}\r', '{"d":""}'];

describe('readResultLines', () => {
  // field 3
  it('cuts at newlines alone, wherever a chunk ends', async () => {
    const text = lines.join('\n');
    const length = Buffer.byteLength(text);
    for (let size = 1; size <= length; size += 1) {
      expect(await read(text, size)).toEqual({ lines, tooLong: 0 });
      expect(await read(`${text}\n`, size)).toEqual({ lines, tooLong: 0 });
    }
  });

  it('leaves empty lines out and reads nothing from an empty file', async () => {
    expect(await read('\n\na\n\n', 2)).toEqual({ lines: ['a'], tooLong: 0 });
    expect(await read('', 1)).toEqual({ lines: [], tooLong: 0 });
  });

  it('skips a line that is too long, and reads those around it', async () => {
    const text = `short\n${'x'.repeat(101)}\n${'y'.repeat(100)}\n${'z'.repeat(101)}`;
    for (const size of [1, 7, 64, 1000]) {
      expect(await read(text, size, 100)).toEqual({ lines: ['short', 'y'.repeat(100)], tooLong: 2 });
    }
  });

  it('reads a line that spans many chunks', async () => {
    const long = `{"text":"${'ü'.repeat(300_000)}"}`;
    expect(await read(`${long}\nb\n`, 65_537)).toEqual({ lines: [long, 'b'], tooLong: 0 });
  });
});
