import type { GroupId } from '@batch-gpt/contracts';
import type { BatchRecord, PendingGroup, Place, SettledSum } from '@batch-gpt/domain';
import { toBatchRecord } from './batch-row.ts';
import { integer, text } from './column.ts';
import { sumColumns, sumsOf } from './settled-sums.ts';
import { atLeastNone, type Prepare } from './statement.ts';

/** What all tenants have under way and had settled: the worker's side of the port. */
export function createOverviewRows(prepare: Prepare) {
  const reads = {
    pendingGroups: (limit: number, atMost: number): PendingGroup[] => {
      const next = prepare(`
        SELECT group_id, accepted_at FROM requests WHERE state = 'accepted' AND group_id > ?
        ORDER BY group_id, accepted_at LIMIT 1`);
      const count = prepare(`
        SELECT count(*) AS n FROM (SELECT 1 FROM requests WHERE state = 'accepted' AND group_id = ? LIMIT ?)`);
      const groups: PendingGroup[] = [];
      let left = atMost;
      for (let last = ''; groups.length < limit;) {
        const row = next.get(last);
        if (row === undefined) break;
        last = text(row, 'group_id');
        const most = Math.max(left, 1);
        // One more than is to be counted tells whether there are more.
        const counted = integer(count.get(last, most + 1) ?? {}, 'n');
        const pending = Math.min(counted, most);
        left -= pending;
        groups.push({
          group: last as GroupId,
          pending,
          isMore: counted > most,
          oldestAcceptedAt: integer(row, 'accepted_at'),
        });
      }
      return groups;
    },

    // The state is spelled out twice, so that the planner sees that the partial index holds them.
    settledSums: (from: number, to: number): SettledSum[] => {
      const select = prepare(`
        SELECT ${sumColumns}
        FROM batches WHERE state IN ('settled', 'void') AND state = 'settled' AND updated_at >= ? AND updated_at < ?`);
      return sumsOf(select.iterate(from, to));
    },

    settledBatches: ({ at, id }: Place<string>, limit: number): BatchRecord[] =>
      prepare(`
        SELECT * FROM batches WHERE state IN ('settled', 'void') AND state = 'settled' AND (updated_at, id) < (?, ?)
        ORDER BY updated_at DESC, id DESC LIMIT ?`)
        .all(at, id, atLeastNone(limit))
        .map(toBatchRecord),
  };

  return { reads };
}
