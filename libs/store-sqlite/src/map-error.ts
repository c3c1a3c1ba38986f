import { AppError, toAppError, type ErrorCode } from '@batch-gpt/errors';

// Primary result codes. Source: sqlite.org/rescode.html
const tooLarge = 18;
const constraint = 19;
const ourMistakes: ReadonlySet<number> = new Set([1, constraint, 20, 21, 25]);
const busy = 5;

/**
 * What the database says, as an AppError: `store_unavailable` for busy, full, unreadable and closed files,
 * `body_too_large` for a text that does not fit, `internal_error` for a statement that is wrong.
 */
export function mapError(error: unknown): AppError {
  const result = resultCodeOf(error);
  if (result === null) return isClosed(error) ? unavailable(error, 'closed') : toAppError(error);
  return new AppError(codeOf(result), `the database refused: ${String(fieldOf(error, 'message'))}`, { cause: error });
}

/** Whether another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === busy;
}

function codeOf(result: number): ErrorCode {
  if (result === tooLarge) return 'body_too_large';
  return ourMistakes.has(result) ? 'internal_error' : 'store_unavailable';
}

function unavailable(cause: unknown, why: string): AppError {
  return new AppError('store_unavailable', `the database is ${why}`, { cause });
}

function resultCodeOf(error: unknown): number | null {
  const code = fieldOf(error, 'errcode');
  return typeof code === 'number' ? code & 0xff : null;
}

function isClosed(error: unknown): boolean {
  return fieldOf(error, 'code') === 'ERR_INVALID_STATE';
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}
