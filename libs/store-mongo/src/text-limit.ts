import type { NewRequest, Settlement } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';

/** Largest text that stays in its row, in bytes: a body and an outcome of this size fit MongoDB's 16 MiB together. */
export const maxTextBytesInRow = 4 * 1024 * 1024;

/** Largest text of a request or an outcome, in bytes. */
export const maxTextBytes = 64 * 1024 * 1024;

/** Whether a text stays in its row. */
export function fitsRow(text: string): boolean {
  return !isLongerThan(text, maxTextBytesInRow);
}

/** Throws AppError `body_too_large`, naming the keys, before anything is written. */
export function refuseLargeBodies(rows: readonly Pick<NewRequest, 'key' | 'body'>[]): void {
  const keys = rows.filter(({ body }) => isLongerThan(body, maxTextBytes)).map(({ key }) => key);
  if (keys.length > 0) throw tooLarge('a request body', keys);
}

/** The same for outcomes. */
export function refuseLargeOutcomes(settlements: readonly Settlement[]): void {
  const keys = settlements.filter(({ outcome }) => isLongerThan(outcome.body, maxTextBytes)).map(({ key }) => key);
  if (keys.length > 0) throw tooLarge('an outcome', keys);
}

// A UTF-16 unit is at most three bytes of UTF-8: nearly every text need not be counted.
function isLongerThan(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}

function tooLarge(what: string, keys: readonly string[]): AppError {
  return new AppError('body_too_large', `${what} is larger than the ${maxTextBytes} bytes that the store can hold`, {
    details: { keys, limitBytes: maxTextBytes },
  });
}
