import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs';

/** Rows on their way into a result file, which comes into being with its first row. */
export interface RowWriter {
  /** Keeps a row for the next flush. */
  add(row: string): void;
  /** Hands what waits to the operating system; returns the file's size by then. */
  flush(): number;
  /** Flushes and closes; the file's size, 0 if it never had a row. */
  close(trailingNewline: boolean): number;
  /** Closes without writing what waits. */
  drop(): void;
}

const startBytes = 64 * 1024;

/**
 * Writes rows with a newline between them, the last one only if asked for, through one buffer that is reused. Goes on
 * behind the first `written` bytes of a file; what else is in it is cut off. Writes synchronously, so that a slice of
 * lines and its rows are one for everybody else, and because a page of the cache takes microseconds.
 */
export function createRowWriter(path: string, written: number): RowWriter {
  let file: number | null = null;
  let buffer: Buffer = Buffer.allocUnsafe(startBytes);
  let filled = 0;

  function append(text: string): void {
    const bytes = Buffer.byteLength(text);
    if (filled + bytes > buffer.length) buffer = grown(buffer, filled + bytes);
    filled += buffer.write(text, filled);
  }
  function flush(): number {
    if (filled === 0) return written;
    file ??= openAt(path, written);
    writeFileSync(file, buffer.subarray(0, filled));
    written += filled;
    filled = 0;
    return written;
  }
  function drop(): void {
    if (file !== null) closeSync(file);
    file = null;
  }

  return {
    flush,
    add(row) {
      if (written + filled > 0) append('\n');
      append(row);
    },
    drop,
    close(trailingNewline) {
      try {
        if (trailingNewline && written + filled > 0) append('\n');
        // A restored file may have more in it than is ours.
        if (written > 0) file ??= openAt(path, written);
        return flush();
      } finally {
        drop();
      }
    },
  };
}

/** Opens a file that then has `bytes` bytes, for writing behind them. */
function openAt(path: string, bytes: number): number {
  if (bytes === 0) return openSync(path, 'w');
  truncateSync(path, bytes);
  return openSync(path, 'a');
}

function grown(buffer: Buffer, needed: number): Buffer {
  const larger = Buffer.allocUnsafe(Math.max(needed, buffer.length * 2));
  buffer.copy(larger);
  return larger;
}
