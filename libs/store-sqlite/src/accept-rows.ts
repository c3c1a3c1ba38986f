import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import { maxLookupBytes, type NewRequest, type RequestRecord } from '@batch-gpt/domain';
import { integer, text, textOrNull } from './column.ts';
import {
  anewColumns,
  anewValues,
  isSharedSuccess,
  newColumns,
  newValues,
  recordColumns,
  toRequestRecord,
} from './request-row.ts';
import { assignments, insertInto, type Prepare } from './statement.ts';

const insertNew = `${insertInto('requests', newColumns)} ON CONFLICT (key) DO NOTHING`;

const selectAny = `SELECT ${recordColumns} FROM requests WHERE key = ?`;
// The plus keeps the planner from going through all rows of the tenant.
const selectOwn = `${selectAny} AND +tenant = ?`;

const putBody = 'INSERT OR REPLACE INTO bodies (id, body) VALUES (?, ?)';

const updateAnew = `
  UPDATE requests SET ${assignments(anewColumns)},
    state = 'accepted', batch_id = NULL, collected_at = NULL, attempt = 0, rounds = 0,
    done_at = NULL, expires_at = NULL, delivered = 0,
    reuse_until = CASE WHEN ${isSharedSuccess} THEN reuse_until ELSE kept_until END,
    outcome_body = CASE WHEN ${isSharedSuccess} THEN outcome_body ELSE kept_body END,
    outcome = CASE WHEN ${isSharedSuccess} THEN outcome ELSE kept_outcome END,
    kept_until = NULL, kept_body = NULL, kept_outcome = NULL
  WHERE key = ? AND state = 'done' AND done_at = ?
  RETURNING id`;

/** What the gateway does with `requests`: the worker's side of the port. */
export function createAcceptRows(prepare: Prepare) {
  const reads = {
    /** Reads at most one row more than it gives. */
    lookup: (
      keys: readonly RequestKey[],
      maxBytes = maxLookupBytes,
      tenant?: TenantId,
    ): { readonly records: readonly RequestRecord[]; readonly rest: readonly RequestKey[] } => {
      const select = prepare(tenant === undefined ? selectAny : selectOwn);
      const owner = tenant === undefined ? [] : [tenant];
      const records: RequestRecord[] = [];
      let bytes = 0;
      for (const [index, key] of keys.entries()) {
        const row = select.get(key, ...owner);
        if (row === undefined) continue;
        for (const column of ['outcome_body', 'kept_body']) bytes += Buffer.byteLength(textOrNull(row, column) ?? '');
        if (bytes > maxBytes && records.length > 0) return { records, rest: keys.slice(index) };
        records.push(toRequestRecord(row));
      }
      return { records, rest: [] };
    },
  };

  const writes = {
    insert: (rows: readonly NewRequest[]): RequestKey[] => {
      const insert = prepare(insertNew);
      const inserted: RequestKey[] = [];
      for (const row of rows) {
        const { changes, lastInsertRowid } = insert.run(...newValues(row));
        if (changes === 0) continue;
        prepare(putBody).run(lastInsertRowid, row.body);
        inserted.push(row.key);
      }
      return inserted;
    },

    acceptAnew: (requests: readonly { readonly row: NewRequest; readonly doneAt: number }[]): RequestKey[] => {
      const update = prepare(updateAnew);
      const moved: RequestKey[] = [];
      for (const { row, doneAt } of requests) {
        const changed = update.all(...anewValues(row), row.key, doneAt)[0];
        if (!changed) continue;
        prepare(putBody).run(integer(changed, 'id'), row.body);
        moved.push(row.key);
      }
      return moved;
    },

    claimPrivate: (tenant: TenantId, base: RequestKey, retry: number): RequestKey | null => {
      // The plus keeps the planner from going through all rows of the tenant.
      const update = prepare(`
        UPDATE requests SET retry = ?3 WHERE id = (
          SELECT id FROM requests WHERE base = ?2 AND +tenant = ?1 AND retry < ?3 AND delivered = 0
          ORDER BY accepted_at, key LIMIT 1
        ) RETURNING key`);
      const claimed = update.all(tenant, base, retry)[0];
      return claimed ? (text(claimed, 'key') as RequestKey) : null;
    },

    markDelivered: (keys: readonly RequestKey[]): void => {
      const update = prepare(`UPDATE requests SET delivered = 1 WHERE key = ? AND state = 'done' AND delivered = 0`);
      for (const key of keys) update.run(key);
    },

    keepUntil: (keys: readonly RequestKey[], until: number): void => {
      const update = prepare(`
        UPDATE requests SET expires_at = max(expires_at, ?2), named_until = max(coalesce(named_until, 0), ?2)
        WHERE key = ?1 AND state = 'done'`);
      for (const key of keys) update.run(key, until);
    },
  };

  return { reads, writes };
}
