import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { scanLines } from './scan-lines.ts';

async function scan(text: string): Promise<{ start: number; text: string }[]> {
  const dir = await mkdtemp(join(tmpdir(), 'scan-'));
  try {
    await writeFile(join(dir, 'in'), text);
    await using file = await open(join(dir, 'in'));
    const found: { start: number; text: string }[] = [];
    for await (const lines of scanLines(file)) {
      for (const { start, bytes } of lines) found.push({ start, text: bytes.toString('utf8') });
    }
    return found;
  } finally {
    await rm(dir, { recursive: true });
  }
}

test('splits on the newline byte only, and gives offsets in bytes', async () => {
  expect(await scan('ä\u2028\u0085b\n\nlast')).toEqual([
    { start: 0, text: 'ä\u2028\u0085b' },
    { start: 9, text: '' },
    { start: 10, text: 'last' },
  ]);
  expect(await scan('')).toEqual([]);
  expect(await scan('\n')).toEqual([{ start: 0, text: '' }]);
});

test('joins lines across chunks, also one longer than several chunks', async () => {
  const lines = ['a'.repeat(262_143), 'b'.repeat(262_144), 'é'.repeat(400_000), 'c', 'd'.repeat(900_000)];
  const found = await scan(`${lines.join('\n')}\n`);
  expect(found.map(({ text }) => text)).toEqual(lines);
  expect(found[3]?.start).toBe(262_144 + 262_145 + 800_001);
});
