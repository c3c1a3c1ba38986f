/** Lines that one chunk of a file completed; `tooLong` counts those that were skipped. */
export interface ResultLines {
  readonly lines: readonly string[];
  readonly tooLong: number;
}

const newline = 0x0a;

/**
 * Cuts a file into its lines at `\n` alone: readline would also cut at U+2028, which JSON allows inside strings. Whole
 * lines only are decoded, so no character is cut; a last line may lack its newline; empty lines are left out.
 */
export async function* readResultLines(
  chunks: AsyncIterable<Uint8Array>,
  maxLineBytes: number,
): AsyncGenerator<ResultLines, void, undefined> {
  const tail = createTail(maxLineBytes);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: string[] = [];
    let tooLong = 0;
    let start = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, start)) {
      tail.push(bytes.subarray(start, end));
      const line = tail.take();
      if (line === null) tooLong += 1;
      else if (line !== '') lines.push(line);
      start = end + 1;
    }
    tail.push(bytes.subarray(start));
    if (lines.length > 0 || tooLong > 0) yield { lines, tooLong };
  }
  const last = tail.take();
  if (last !== '') yield { lines: last === null ? [] : [last], tooLong: last === null ? 1 : 0 };
}

interface Tail {
  push(slice: Buffer): void;
  /** The line so far, which begins anew then; null when it was too long to be kept. */
  take(): string | null;
}

/** Keeps an unfinished line as slices: joining them at every chunk would copy a long line again and again. */
function createTail(maxBytes: number): Tail {
  let slices: Buffer[] = [];
  let bytes = 0;
  return {
    push(slice) {
      bytes += slice.length;
      if (bytes > maxBytes) slices = [];
      else if (slice.length > 0) slices.push(slice);
    },
    take() {
      const line = bytes > maxBytes ? null : join(slices);
      slices = [];
      bytes = 0;
      return line;
    },
  };
}

function join(slices: readonly Buffer[]): string {
  const [only] = slices;
  return (slices.length === 1 && only !== undefined ? only : Buffer.concat(slices)).toString('utf8');
}
