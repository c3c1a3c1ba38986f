import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import { listingPage, rowsToRead, summaryOf, type ListingFilter, type ListingPage } from '@batch-gpt/domain';
import { integer } from './column.ts';
import { toRequestRecord, unreadRecordColumns } from './request-row.ts';
import { atLeastNone, type Prepare } from './statement.ts';

/** A tenant's requests for reading: the worker's side of the port. */
export function createListingRows(prepare: Prepare) {
  const reads = {
    listRequests: (
      tenant: TenantId,
      filter: ListingFilter,
      after: RequestKey | null,
      limit: number,
    ): ListingPage | null => {
      const from = after === null ? Number.MAX_SAFE_INTEGER : acceptedAtOf(tenant, after);
      if (from === null) return null;
      const select = prepare(`
        SELECT ${unreadRecordColumns} FROM requests WHERE tenant = ? AND (accepted_at, key) < (?, ?)
        ORDER BY accepted_at DESC, key DESC LIMIT ?`);
      const rows = select.all(tenant, from, after ?? '', atLeastNone(rowsToRead(filter, limit)));
      return listingPage(
        rows.map((row) => summaryOf(toRequestRecord(row))),
        filter,
        limit,
      );
    },
  };

  const acceptedAtOf = (tenant: TenantId, key: RequestKey): number | null => {
    // The plus keeps the planner from going through all rows of the tenant.
    const row = prepare('SELECT accepted_at FROM requests WHERE key = ? AND +tenant = ?').get(key, tenant);
    return row ? integer(row, 'accepted_at') : null;
  };

  return { reads };
}
