import { formatGroup, parseGroup, type BatchId, type GroupId, type RequestKey } from '@batch-gpt/contracts';
import { checkRunAgain, type RunAgain } from '@batch-gpt/domain';
import { integer, text } from './column.ts';
import type { Prepare } from './statement.ts';

/** Failed lines that run again: the worker's side of the port. */
export function createFailedRows(prepare: Prepare) {
  const writes = {
    acceptAgain: (batchId: BatchId, keys: readonly RequestKey[], at: number): RunAgain => {
      checkRunAgain(keys);
      // The write transaction that this runs in makes reading and changing one step.
      const find = prepare(`
        SELECT id, group_id, EXISTS (SELECT 1 FROM bodies WHERE bodies.id = requests.id) AS has_text FROM requests
        WHERE key = ? AND state = 'done' AND +batch_id = ? AND outcome ->> '$.kind' = 'failed'`);
      const accept = prepare(`
        UPDATE requests SET state = 'accepted', group_id = ?, accepted_at = ?, batch_id = NULL, collected_at = NULL,
          attempt = 0, rounds = 0, done_at = NULL, expires_at = NULL, delivered = 0, reuse_until = kept_until,
          outcome = kept_outcome, outcome_body = kept_body, kept_until = NULL, kept_outcome = NULL, kept_body = NULL
        WHERE id = ?`);
      const accepted: RequestKey[] = [];
      let withoutText = 0;
      for (const key of keys) {
        const row = find.get(key, batchId);
        if (row === undefined) continue;
        if (integer(row, 'has_text') === 0) {
          withoutText += 1;
          continue;
        }
        accept.run(ordinary(text(row, 'group_id') as GroupId), at, integer(row, 'id'));
        accepted.push(key);
      }
      return { accepted, withoutText };
    },
  };

  return { writes };
}

/** A line that failed in a search for a bad one goes back to where everybody is. */
const ordinary = (group: GroupId): GroupId => formatGroup({ ...parseGroup(group), split: '' });
