import { AppError, toAppError } from '@batch-gpt/errors';
import mongoose, { mongo } from 'mongoose';

/** Runs one call of a store and translates what it throws. */
export async function mapErrors<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw mapError(error);
  }
}

/**
 * Driver → AppError. Whatever may be the database's or the network's doing is `store_unavailable`: the change may have
 * happened. Misuse of the driver is `internal_error`.
 */
export function mapError(error: unknown): AppError {
  if (AppError.is(error)) return error;
  if (isTooLarge(error)) {
    return new AppError('body_too_large', 'a document would be larger than the store can hold', { cause: bare(error) });
  }
  if (isAway(error)) {
    const details = { reason: error.name, ...('code' in error ? { serverCode: error.code } : {}) };
    return new AppError('store_unavailable', 'the database is not available', { details, cause: bare(error) });
  }
  return toAppError(error instanceof Error ? bare(error) : error);
}

/** Whether every failure of an unordered bulk insert is a key that exists; gives the positions of those rows. */
export function duplicatePositions(error: unknown): ReadonlySet<number> | null {
  if (!(error instanceof mongo.MongoBulkWriteError)) return null;
  // A broken connection is wrapped in the same class, but with no write errors of its own.
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || error.result.getWriteConcernError() !== undefined) return null;
  return failures.every(({ code }) => code === duplicateKey) ? new Set(failures.map(({ index }) => index)) : null;
}

/** Whether a single insert failed because its key exists. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === duplicateKey;
}

/** Whether an index could not be dropped because it is gone. */
export function isIndexNotFound(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === indexNotFound;
}

const duplicateKey = 11000;
const indexNotFound = 27;

// BSONObjectTooLarge and the server's two refusals of an update whose result is too large (MongoDB error codes).
const tooLarge: ReadonlySet<unknown> = new Set([10334, 17419, 17420]);

function isTooLarge(error: unknown): error is mongo.MongoServerError {
  return error instanceof mongo.MongoServerError && tooLarge.has(error.code);
}

function isAway(error: unknown): error is Error {
  if (error instanceof mongo.MongoAPIError) return endedErrors.some((kind) => error instanceof kind);
  if (error instanceof mongo.MongoError) return true;
  // Node's own: a name that does not resolve, a socket that breaks outside the driver's care.
  if (error instanceof Error && ('syscall' in error || isBrokenSocket(error))) return true;
  const { CastError, ValidationError, StrictModeError } = mongoose.Error;
  const misuse = [CastError, ValidationError, StrictModeError].some((kind) => error instanceof kind);
  return error instanceof mongoose.Error && !misuse;
}

/** A write to a socket that the server has ended fails before any system call, and the driver hands that on as it is. */
function isBrokenSocket(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  return code === 'EPIPE' || code === 'ERR_SOCKET_CLOSED' || code.startsWith('ERR_STREAM_');
}

// The driver files "closed" and "not connected" under misuse.
const endedErrors = [
  mongo.MongoNotConnectedError,
  mongo.MongoTopologyClosedError,
  mongo.MongoClientClosedError,
  mongo.MongoServerClosedError,
  mongo.MongoExpiredSessionError,
];

// The driver's bulk errors carry their operations, prompts included: only name, message and stack may travel on.
function bare(error: Error): Error {
  const copy = new Error(error.message);
  copy.name = error.name;
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}
