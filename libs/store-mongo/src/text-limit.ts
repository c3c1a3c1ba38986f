import type { NewRequest, Settlement } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';

/** Texts in one document of `requests`, in bytes: MongoDB's limit of 16 MiB less room for everything else. */
export const maxTextBytes = 16 * 1024 * 1024 - 64 * 1024;

/** Throws AppError `body_too_large`, naming the keys, before anything is written. */
export function refuseLargeBodies(rows: readonly Pick<NewRequest, 'key' | 'body'>[]): void {
  const keys = rows.filter(({ body }) => isTooLarge(body)).map(({ key }) => key);
  if (keys.length > 0) throw tooLarge('a request body', keys);
}

/** The same for outcomes. */
export function refuseLargeOutcomes(settlements: readonly Settlement[]): void {
  const keys = settlements.filter(({ outcome }) => isTooLarge(outcome.body)).map(({ key }) => key);
  if (keys.length > 0) throw tooLarge('an outcome', keys);
}

function isTooLarge(text: string): boolean {
  return Buffer.byteLength(text) > maxTextBytes;
}

function tooLarge(what: string, keys: readonly string[]): AppError {
  return new AppError('body_too_large', `${what} is larger than the ${maxTextBytes} bytes that the store can hold`, {
    details: { keys, limitBytes: maxTextBytes },
  });
}
