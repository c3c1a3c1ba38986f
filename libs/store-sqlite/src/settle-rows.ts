import type { BatchId, RequestKey } from '@batch-gpt/contracts';
import type { Return, Settlement } from '@batch-gpt/domain';
import { integer } from './column.ts';
import { outcomeFacts } from './request-row.ts';
import { changedItems, type Prepare } from './statement.ts';

const toDone = `
  UPDATE requests SET state = 'done', attempt = ?, outcome = ?, outcome_body = ?, done_at = ?, reuse_until = ?,
    expires_at = ?, delivered = 0`;

/** How rows of `requests` leave their batch, and the table: the worker's side of the port. */
export function createSettleRows(prepare: Prepare, keepRequestBodies: boolean) {
  const dropBody = (id: number) => prepare('DELETE FROM bodies WHERE id = ?').run(id);

  const end = (sql: string, settlements: readonly Settlement[], ...holder: readonly BatchId[]): RequestKey[] => {
    const update = prepare(sql);
    const moved: RequestKey[] = [];
    for (const { key, outcome, attempt, reuseUntil, expiresAt } of settlements) {
      const values = [attempt, outcomeFacts(outcome), outcome.body, outcome.at, reuseUntil, expiresAt];
      const changed = update.all(...values, key, ...holder)[0];
      if (!changed) continue;
      if (!keepRequestBodies) dropBody(integer(changed, 'id'));
      moved.push(key);
    }
    return moved;
  };

  const writes = {
    settle: (batchId: BatchId, settlements: readonly Settlement[]): RequestKey[] =>
      end(`${toDone} WHERE key = ? AND state = 'collected' AND batch_id = ? RETURNING id`, settlements, batchId),

    endAccepted: (settlements: readonly Settlement[]): RequestKey[] =>
      end(`${toDone} WHERE key = ? AND state = 'accepted' RETURNING id`, settlements),

    settleLate: (batchId: BatchId, settlements: readonly Settlement[]): RequestKey[] =>
      end(
        `${toDone} WHERE key = ? AND (state = 'accepted'
          OR (state = 'done' AND batch_id = ? AND json_extract(outcome, '$.kind') = 'failed')) RETURNING id`,
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
