import { AppError } from '@batch-gpt/errors';
import { historyLimit, isLegalMove, type BatchRecord } from './batch.ts';
import type { BatchMove } from './ports/batch-store.ts';

/** Characters of a note that a history keeps. */
export const maxNote = 500;

/**
 * The record after a move, for stores that compute it themselves. The history gains an entry when the state changes
 * or a note is given. Throws `internal_error` on an illegal move.
 */
export function applyMove(record: BatchRecord, { to, change, note, at }: BatchMove): BatchRecord {
  if (!isLegalMove(record.state, to)) {
    throw new AppError('internal_error', `illegal move of a batch: ${record.state} to ${to}`);
  }
  const entry = { state: to, at, note: note?.slice(0, maxNote) ?? null };
  const worthNoting = to !== record.state || note !== undefined;
  const history = worthNoting ? [...record.history, entry].slice(-historyLimit) : record.history;
  return { ...record, ...change, state: to, updatedAt: at, history };
}
