import { open, type FileHandle } from 'node:fs/promises';

/** Rows on their way into a result file, which comes into being with its first row. */
export interface RowWriter {
  readonly path: string;
  /** Keeps a row for the next flush. */
  add(row: string): void;
  /** Bytes waiting for a flush. */
  waiting(): number;
  flush(): Promise<void>;
  /** Writes what waits and closes; the file's size, null if it never had a row. */
  close(trailingNewline: boolean): Promise<number | null>;
}

/** Writes rows with a newline between them; the last one only if asked for. */
export function createRowWriter(path: string): RowWriter {
  let file: FileHandle | null = null;
  let rows: string[] = [];
  let waiting = 0;
  let written = 0;
  let any = false;

  async function flush(): Promise<void> {
    if (rows.length === 0) return;
    const text = (any ? '\n' : '') + rows.join('\n');
    rows = [];
    waiting = 0;
    any = true;
    await write(text);
  }
  async function write(text: string): Promise<void> {
    file ??= await open(path, 'w');
    const bytes = Buffer.from(text);
    await file.writeFile(bytes);
    written += bytes.length;
  }

  return {
    path,
    flush,
    add(row) {
      rows.push(row);
      waiting += row.length;
    },
    waiting: () => waiting,
    async close(trailingNewline) {
      await flush();
      if (any && trailingNewline) await write('\n');
      await file?.close();
      return any ? written : null;
    },
  };
}
