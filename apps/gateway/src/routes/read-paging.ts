import { AppError } from '@batch-gpt/errors';

/** How many entries a page has where its caller does not say, and at most. */
export const defaultLimit = 20;
export const mostLimit = 100;

/** Reads the `limit` of a list, as OpenAI has it; throws AppError `invalid_value`. */
export function readLimit(given: unknown): number {
  if (given === undefined) return defaultLimit;
  const limit = typeof given === 'string' && /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (limit >= 1 && limit <= mostLimit) return limit;
  throw new AppError('invalid_value', `Invalid 'limit': expected a whole number from 1 to ${mostLimit}.`, {
    param: 'limit',
  });
}

/** Reads a filter that has a few words; null where it is not given. Throws AppError `invalid_value`. */
export function readOneOf<T extends string>(name: string, words: readonly T[], given: unknown): T | null {
  if (given === undefined) return null;
  const word = words.find((known) => known === given);
  if (word !== undefined) return word;
  throw new AppError('invalid_value', `Invalid '${name}': expected one of ${words.join(', ')}.`, { param: name });
}

/** The refusal of an `after` that names nothing of the caller's. */
export const unknownAfter = (what: string): AppError =>
  new AppError('invalid_value', `Invalid 'after': no such ${what}.`, { param: 'after' });
