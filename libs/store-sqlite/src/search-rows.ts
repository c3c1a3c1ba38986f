import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import { summaryOf, type Place, type RequestSummary } from '@batch-gpt/domain';
import { text, type Row } from './column.ts';
import { toRequestRecord, unreadRecordColumns } from './request-row.ts';
import { atLeastNone, type Prepare } from './statement.ts';

/** Requests of all tenants: the worker's side of the port. */
export function createSearchRows(prepare: Prepare) {
  const reads = {
    requestsKeyedLike: (beginning: string, after: RequestKey | null, limit: number): RequestSummary[] =>
      // Keys are hex: the next character ends all that begin alike.
      prepare(`
        SELECT ${unreadRecordColumns} FROM requests WHERE key >= ? AND key < ? AND key > ? ORDER BY key LIMIT ?`)
        .all(beginning, `${beginning}g`, after ?? '', atLeastNone(limit))
        .map(toSummary),

    tenantsWithRequests: (after: TenantId | null, limit: number): TenantId[] => {
      const next = prepare('SELECT tenant FROM requests WHERE tenant > ? ORDER BY tenant LIMIT 1');
      const tenants: TenantId[] = [];
      for (let last: string = after ?? ''; tenants.length < limit;) {
        const row = next.get(last);
        if (row === undefined) break;
        last = text(row, 'tenant');
        tenants.push(last as TenantId);
      }
      return tenants;
    },

    requestsAcceptedBefore: (
      tenant: TenantId,
      { at, id }: Place<string>,
      since: number,
      limit: number,
    ): RequestSummary[] =>
      prepare(`
        SELECT ${unreadRecordColumns} FROM requests WHERE tenant = ? AND (accepted_at, key) < (?, ?) AND accepted_at >= ?
        ORDER BY accepted_at DESC, key DESC LIMIT ?`)
        .all(tenant, at, id, since, atLeastNone(limit))
        .map(toSummary),
  };

  return { reads };
}

const toSummary = (row: Row): RequestSummary => summaryOf(toRequestRecord(row));
