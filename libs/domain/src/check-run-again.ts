import { AppError } from '@batch-gpt/errors';

const mostKeys = 1000;

/** Refuses to run more than 1,000 failed lines again in one call: that would be a bug. Throws AppError `internal_error`. */
export function checkRunAgain(keys: readonly string[]): void {
  if (keys.length > mostKeys) throw new AppError('internal_error', `at most ${mostKeys} lines run again in one call`);
}
