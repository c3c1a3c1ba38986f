import { describe, expect, it } from '@jest/globals';
import { createLineRing } from './line-ring.ts';

describe('the last lines of a process', () => {
  it('joins a line that came in pieces, also within a character', () => {
    const seen: string[] = [];
    const take = createLineRing(10, (line) => seen.push(line)).splitter();
    const bytes = Buffer.from('größe\nnext\n');
    take(bytes.subarray(0, 3));
    take(bytes.subarray(3));
    expect(seen).toEqual(['größe', 'next']);
  });

  it('does not mix half lines of two streams', () => {
    const ring = createLineRing(10);
    const [out, err] = [ring.splitter(), ring.splitter()];
    out(Buffer.from('half'));
    err(Buffer.from('error\n'));
    out(Buffer.from(' line\n'));
    expect(ring.lines()).toEqual(['error', 'half line']);
  });

  it('keeps no more than its capacity', () => {
    const ring = createLineRing(3);
    const take = ring.splitter();
    for (let line = 1; line <= 1000; line += 1) take(Buffer.from(`${line}\n`));
    expect(ring.lines()).toEqual(['998', '999', '1000']);
  });

  it('cuts a line without end', () => {
    const ring = createLineRing(3);
    const take = ring.splitter();
    for (let chunk = 0; chunk < 100; chunk += 1) take(Buffer.alloc(10_000, 'x'));
    take(Buffer.from('\n'));
    expect(ring.lines()[0]?.length).toBeLessThanOrEqual(65_536);
  });
});
