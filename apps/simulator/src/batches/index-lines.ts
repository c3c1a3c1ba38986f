import { type FileHandle } from 'node:fs/promises';
import { scanLines } from '../files/scan-lines.ts';
import { type LineIndex, maxLines } from './validate-input-file.ts';

/** Finds the lines of a file that was found good before; `stop` ends it early with a result that nobody will use. */
export async function indexLines(file: FileHandle, stop: () => boolean): Promise<LineIndex> {
  const starts = new Float64Array(maxLines + 1);
  let lines = 0;
  for await (const scanned of scanLines(file)) {
    if (stop()) break;
    for (const { start, bytes } of scanned.slice(0, maxLines - lines)) {
      starts[lines] = start;
      lines += 1;
      starts[lines] = start + bytes.length + 1;
    }
  }
  return { starts: starts.slice(0, lines + 1), lines };
}
