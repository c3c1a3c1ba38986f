import { StringDecoder } from 'node:string_decoder';

const MAX_LINE_CHARACTERS = 65_536;

/** The last lines a process wrote, bounded in count and length. */
export interface LineRing {
  readonly lines: () => readonly string[];
  /** A function that takes one stream's chunks; every stream needs its own, or half lines mix. */
  readonly splitter: () => (chunk: Buffer) => void;
}

/** Keeps the last `capacity` lines and hands each complete one to `onLine`. */
export function createLineRing(capacity: number, onLine: (line: string) => void = () => undefined): LineRing {
  let kept: string[] = [];

  const keep = (line: string): void => {
    kept.push(line);
    // Cut in halves rather than one by one: shifting an array per line costs its length every time.
    if (kept.length >= capacity * 2) kept = kept.slice(-capacity);
    onLine(line);
  };

  const splitter = () => {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    return (chunk: Buffer): void => {
      const parts = (rest + decoder.write(chunk)).split('\n');
      rest = (parts.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
      for (const part of parts) keep(part.slice(0, MAX_LINE_CHARACTERS));
    };
  };

  return { lines: () => kept.slice(-capacity), splitter };
}
