import type { BatchId, RequestKey } from '@batch-gpt/contracts';
import { keepsBody, type KeepBodies, type Return, type Settlement } from '@batch-gpt/domain';
import { integer } from './column.ts';
import { isSharedSuccess, outcomeFacts } from './request-row.ts';
import { changedItems, type Prepare } from './statement.ts';

/** What stays of this column beside a failure: that of an old shareable success, or what was kept before. */
const besideFailure = (column: string, kept: string): string =>
  `CASE WHEN ?7 <> 'failed' THEN NULL WHEN ${isSharedSuccess} THEN ${column} ELSE ${kept} END`;

// The right-hand sides see the row as it was.
const toDone = `
  UPDATE requests SET state = 'done', attempt = ?1, outcome = ?2, outcome_body = ?3, done_at = ?4, reuse_until = ?5,
    expires_at = max(?6, coalesce(${besideFailure('reuse_until', 'kept_until')}, 0)), delivered = 0,
    kept_until = ${besideFailure('reuse_until', 'kept_until')},
    kept_body = ${besideFailure('outcome_body', 'kept_body')},
    kept_outcome = ${besideFailure('outcome', 'kept_outcome')}`;

/** How rows of `requests` leave their batch, and the table: the worker's side of the port. */
export function createSettleRows(prepare: Prepare, keepRequestBodies: KeepBodies) {
  const dropBody = (id: number) => prepare('DELETE FROM bodies WHERE id = ?').run(id);

  const end = (sql: string, settlements: readonly Settlement[], ...holder: readonly BatchId[]): RequestKey[] => {
    const update = prepare(sql);
    const moved: RequestKey[] = [];
    for (const { key, outcome, attempt, reuseUntil, expiresAt } of settlements) {
      const values = [attempt, outcomeFacts(outcome), outcome.body, outcome.at, reuseUntil, expiresAt, outcome.kind];
      const changed = update.all(...values, key, ...holder)[0];
      if (!changed) continue;
      if (!keepsBody(keepRequestBodies, outcome)) dropBody(integer(changed, 'id'));
      moved.push(key);
    }
    return moved;
  };

  const writes = {
    settle: (batchId: BatchId, settlements: readonly Settlement[]): RequestKey[] =>
      end(`${toDone} WHERE key = ?8 AND state = 'collected' AND batch_id = ?9 RETURNING id`, settlements, batchId),

    endAccepted: (settlements: readonly Settlement[]): RequestKey[] =>
      end(`${toDone} WHERE key = ?8 AND state = 'accepted' RETURNING id`, settlements),

    settleLate: (batchId: BatchId, settlements: readonly Settlement[]): RequestKey[] =>
      end(
        `${toDone} WHERE key = ?8 AND (state = 'accepted'
          OR (state = 'done' AND batch_id = ?9 AND json_extract(outcome, '$.kind') = 'failed')) RETURNING id`,
        settlements,
        batchId,
      ),

    returnMembers: (batchId: BatchId, returns: readonly Return[]): RequestKey[] => {
      const update = prepare(`
        UPDATE requests SET state = 'accepted', batch_id = NULL, collected_at = NULL, group_id = ?, attempt = ?, rounds = ?
        WHERE key = ? AND state = 'collected' AND batch_id = ?`);
      const moved = changedItems(update, returns, (row) => [row.group, row.attempt, row.rounds, row.key, batchId]);
      return moved.map(({ key }) => key);
    },

    removeExpired: (now: number, limit: number): number => {
      const expired = prepare(`
        SELECT id FROM requests WHERE state = 'done' AND expires_at <= ? ORDER BY expires_at LIMIT ?`).all(now, limit);
      for (const row of expired) {
        const id = integer(row, 'id');
        prepare('DELETE FROM requests WHERE id = ?').run(id);
        dropBody(id);
      }
      return expired.length;
    },
  };

  return { writes };
}
