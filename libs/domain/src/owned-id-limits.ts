import { AppError } from '@batch-gpt/errors';
import type { OwnedId } from './ports/owned-id-store.ts';

/** Largest `text` of an owned id, in bytes. */
export const maxOwnedText = 256 * 1024;

/** Ids that one look-up may ask for. */
export const maxOwnedLookup = 1000;

/** Throws AppError `body_too_large` for a text that is larger, before anything is written. */
export function checkOwnedIds(ids: readonly OwnedId[]): void {
  for (const { text } of ids) {
    if (text !== null && Buffer.byteLength(text) > maxOwnedText) {
      throw new AppError('body_too_large', `the text of an owned id is larger than ${maxOwnedText} bytes`);
    }
  }
}

/** Throws AppError `internal_error` for a look-up of too many ids. */
export function checkOwnedLookup(ids: readonly string[]): void {
  if (ids.length > maxOwnedLookup) {
    throw new AppError('internal_error', `a look-up of owned ids takes at most ${maxOwnedLookup}`);
  }
}
