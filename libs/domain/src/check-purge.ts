import { AppError } from '@batch-gpt/errors';
import type { PurgeFilter } from './ports/outcome-cache.ts';

/** Keys that one purge may name. */
export const maxPurgedKeys = 1000;

/** Throws AppError `internal_error` for a purge that would take everything, and for one of too many keys. */
export function checkPurge({ tenant, keys, model, doneBefore }: PurgeFilter): void {
  if ([tenant, keys, model, doneBefore].every((given) => given === undefined)) {
    throw new AppError('internal_error', 'a purge has to say what it takes');
  }
  if (keys !== undefined && keys.length > maxPurgedKeys) {
    throw new AppError('internal_error', `a purge takes at most ${maxPurgedKeys} keys`);
  }
}
