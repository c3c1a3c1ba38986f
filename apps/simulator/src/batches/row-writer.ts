import { open, type FileHandle } from 'node:fs/promises';

/** Rows on their way into a result file, which comes into being with its first row. */
export interface RowWriter {
  /** Keeps a row for the next flush. */
  add(row: string): void;
  /** Bytes waiting for a flush. */
  waiting(): number;
  flush(): Promise<void>;
  /** Writes what waits and closes; the file's size, null if it never had a row. */
  close(trailingNewline: boolean): Promise<number | null>;
}

const startBytes = 64 * 1024;

/** Writes rows with a newline between them, the last one only if asked for, through one buffer that is reused. */
export function createRowWriter(path: string): RowWriter {
  let file: FileHandle | null = null;
  let buffer: Buffer = Buffer.allocUnsafe(startBytes);
  let filled = 0;
  let written = 0;

  function append(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (filled + bytes > buffer.length) buffer = grown(buffer, filled + bytes);
    filled += buffer.write(text, filled);
  }
  async function flush(): Promise<void> {
    if (filled === 0) return;
    file ??= await open(path, 'w');
    await file.writeFile(buffer.subarray(0, filled));
    written += filled;
    filled = 0;
  }

  return {
    flush,
    add(row) {
      if (written + filled > 0) append('\n');
      append(row);
    },
    waiting: () => filled,
    async close(trailingNewline) {
      if (trailingNewline && written + filled > 0) append('\n');
      await flush();
      await file?.close();
      return written === 0 ? null : written;
    },
  };
}

function grown(buffer: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger);
  return larger;
}
