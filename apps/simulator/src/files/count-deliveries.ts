import { Transform, type TransformCallback } from 'node:stream';

const newline = 0x0a;
const keyBytes = Buffer.from('"custom_id":"');
const closingQuote = 0x22;
const backslash = 0x5c;
/** A row's `id` and `custom_id` stand at its front; no more is kept of a row that comes in pieces. */
const frontBytes = 16 * 1024;

/** What is being sent: `whole` false if it is cut short, so that its last row is only a piece. */
interface Sending {
  readonly bytes: number;
  readonly whole: boolean;
}

/**
 * Passes a result file through and tells the custom ids of its whole rows, all of them just before the last
 * byte goes on: whoever has the whole answer finds it counted, and a download that is broken off counts for nothing.
 */
export function countDeliveries({ bytes, whole }: Sending, deliver: (customIds: readonly string[]) => void): Transform {
  const delivered: string[] = [];
  let front: Buffer = Buffer.alloc(0);
  let passed = 0;

  function take(chunk: Buffer): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      endRow(chunk.subarray(from, end));
      from = end + 1;
    }
    keepFront(chunk.subarray(from));
  }
  function keepFront(part: Buffer): void {
    if (part.length > 0 && front.length < frontBytes) front = Buffer.concat([front, part.subarray(0, frontBytes)]);
  }
  function endRow(part: Buffer): void {
    if (front.length > 0) keepFront(part);
    const customId = readCustomId(front.length > 0 ? front : part);
    if (customId !== null) delivered.push(customId);
    front = Buffer.alloc(0);
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      take(chunk);
      passed += chunk.length;
      if (passed >= bytes) {
        if (whole && front.length > 0) endRow(Buffer.alloc(0));
        if (delivered.length > 0) deliver(delivered.splice(0));
      }
      done(null, chunk);
    },
  });
}

/** The custom id out of the front of a row as this simulator writes it; null if there is none. */
function readCustomId(row: Buffer): string | null {
  const key = row.indexOf(keyBytes);
  if (key === -1) return null;
  const start = key + keyBytes.length;
  for (let end = row.indexOf(closingQuote, start); end !== -1; end = row.indexOf(closingQuote, end + 1)) {
    if (!isEscaped(row, start, end)) return JSON.parse(row.toString('utf8', start - 1, end + 1)) as string;
  }
  return null;
}

function isEscaped(row: Buffer, start: number, at: number): boolean {
  let slashes = 0;
  for (let before = at - 1; before >= start && row[before] === backslash; before -= 1) slashes += 1;
  return slashes % 2 === 1;
}
