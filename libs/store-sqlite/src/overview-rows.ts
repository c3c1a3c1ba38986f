import type { GroupId, TenantId } from '@batch-gpt/contracts';
import { addSums, type BatchRecord, type PendingGroup, type Place, type SettledSum } from '@batch-gpt/domain';
import { toBatchRecord } from './batch-row.ts';
import { integer, text, type Row } from './column.ts';
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
        SELECT updated_at, tenant, facts ->> '$.model' AS model, facts ->> '$.sizes.lines' AS lines,
          coalesce(facts ->> '$.provider.status', iif(cancel_requested_at IS NULL, 'failed', 'cancelled')) AS status,
          coalesce(facts ->> '$.billed.succeeded', 0) AS succeeded, coalesce(facts ->> '$.billed.failed', 0) AS failed,
          coalesce(facts ->> '$.billed.sentAgain', 0) AS sent_again,
          coalesce(facts ->> '$.billed.inputTokens', 0) AS input,
          coalesce(facts ->> '$.billed.cachedTokens', 0) AS cached,
          coalesce(facts ->> '$.billed.outputTokens', 0) AS output
        FROM batches WHERE state IN ('settled', 'void') AND state = 'settled' AND updated_at >= ? AND updated_at < ?`);
      return addSums(mapEach(select.iterate(from, to), toSum));
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

function* mapEach<T, R>(items: Iterable<T>, change: (item: T) => R): Generator<R> {
  for (const item of items) yield change(item);
}

function toSum(row: Row): SettledSum {
  return {
    day: new Date(integer(row, 'updated_at')).toISOString().slice(0, 10),
    tenant: text(row, 'tenant') as TenantId,
    model: text(row, 'model'),
    status: text(row, 'status'),
    batches: 1,
    lines: integer(row, 'lines'),
    succeeded: integer(row, 'succeeded'),
    failed: integer(row, 'failed'),
    sentAgain: integer(row, 'sent_again'),
    inputTokens: integer(row, 'input'),
    cachedTokens: integer(row, 'cached'),
    outputTokens: integer(row, 'output'),
  };
}
