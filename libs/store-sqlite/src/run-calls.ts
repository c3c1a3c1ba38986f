/*
 * Group commit: all writes that came together share one transaction, each in a savepoint of its own.
 *
 *   a call throws            ─▶ its savepoint is rolled back, it alone fails
 *   begin or commit fails,
 *   or the database rolls
 *   everything back (full)   ─▶ every call of the transaction fails
 *
 * No reply is given before the commit: what a reply says is on the disk.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { AppError } from '@batch-gpt/errors';
import { mapError } from './map-error.ts';
import { retryWhileBusy } from './retry-while-busy.ts';
import type { Call, Reply } from './wire.ts';

/** Runs an operation by its name. */
export type RunCall = (call: Call) => unknown;

/** Answers calls that change nothing. */
export function runReads(busyTimeout: number, run: RunCall, calls: readonly Call[]): Reply[] {
  return calls.map((call) => {
    try {
      return { id: call.id, value: retryWhileBusy(busyTimeout, () => run(call)) };
    } catch (error) {
      return failure(call, mapError(error));
    }
  });
}

/** Answers calls that change something, after one commit for all of them. */
export function runWrites(db: DatabaseSync, busyTimeout: number, run: RunCall, calls: readonly Call[]): Reply[] {
  try {
    retryWhileBusy(busyTimeout, () => db.exec('BEGIN IMMEDIATE'));
    const replies = calls.map((call) => runInSavepoint(db, run, call));
    db.exec('COMMIT');
    return replies;
  } catch (error) {
    if (inTransaction(db)) db.exec('ROLLBACK');
    const mapped = mapError(error);
    return calls.map((call) => failure(call, mapped));
  }
}

/** Throws when the database gave up the whole transaction. */
function runInSavepoint(db: DatabaseSync, run: RunCall, call: Call): Reply {
  db.exec('SAVEPOINT one_call');
  try {
    const value = run(call);
    db.exec('RELEASE one_call');
    return { id: call.id, value };
  } catch (error) {
    if (!inTransaction(db)) throw error;
    db.exec('ROLLBACK TO one_call; RELEASE one_call');
    return failure(call, mapError(error));
  }
}

function inTransaction(db: DatabaseSync): boolean {
  return db.isOpen && db.isTransaction;
}

function failure(call: Call, { code, message }: AppError): Reply {
  return { id: call.id, error: { code, message } };
}
