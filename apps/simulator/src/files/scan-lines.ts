import { type FileHandle } from 'node:fs/promises';

/** One line of a file: its bytes without the newline, and where they start. */
export interface ScannedLine {
  readonly start: number;
  readonly bytes: Buffer;
}

const newline = 0x0a;
const chunkBytes = 256 * 1024;

/**
 * Reads a file's lines in order, a chunk's lines at a time. Splits on the byte `\n` only: JSON strings may hold raw
 * U+2028. A line's bytes are valid until the next chunk is asked for; a trailing newline makes no empty line.
 */
export async function* scanLines(file: FileHandle): AsyncGenerator<ScannedLine[]> {
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let carried: Buffer[] = [];
  let carriedBytes = 0;
  let position = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) break;
    const lines: ScannedLine[] = [];
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1 && at < bytesRead; at = chunk.indexOf(newline, from)) {
      const tail = chunk.subarray(from, at);
      const bytes = carriedBytes === 0 ? tail : Buffer.concat([...carried, tail]);
      lines.push({ start: position + from - carriedBytes, bytes });
      carried = [];
      carriedBytes = 0;
      from = at + 1;
    }
    if (from < bytesRead) {
      carried.push(Buffer.from(chunk.subarray(from, bytesRead)));
      carriedBytes += bytesRead - from;
    }
    position += bytesRead;
    if (lines.length > 0) yield lines;
  }
  if (carriedBytes > 0) yield [{ start: position - carriedBytes, bytes: Buffer.concat(carried) }];
}
