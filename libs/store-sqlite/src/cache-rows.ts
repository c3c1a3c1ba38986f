import type { RequestKey } from '@batch-gpt/contracts';
import { createOldest, type PurgeFilter } from '@batch-gpt/domain';
import { integer, integerOrNull, text, type Row } from './column.ts';
import { atLeastNone, type Prepare } from './statement.ts';

/** Where the next page of a purge goes on: after the last row that was read. */
export interface PurgePosition {
  readonly tenant: string;
  readonly acceptedAt: number;
  readonly key: string;
}

/** Rows that one transaction of a purge reads at most: other calls have to get in between. */
const pageLength = 1000;

const columns = `id, key, tenant, accepted_at, state, model, coalesce(done_at, outcome ->> '$.at') AS outcome_at,
  kept_outcome ->> '$.at' AS kept_at`;

/** Stored outcomes as a cache that can be emptied: the worker's side of the port. */
export function createCacheRows(prepare: Prepare) {
  const remove = (id: number): void => {
    prepare('DELETE FROM requests WHERE id = ?').run(id);
    prepare('DELETE FROM bodies WHERE id = ?').run(id);
  };

  const take = (row: Row, { doneBefore }: PurgeFilter): RequestKey => {
    const id = integer(row, 'id');
    if (row['state'] === 'done') {
      if (isOlder(integerOrNull(row, 'outcome_at'), doneBefore)) remove(id);
      else prepare('UPDATE requests SET kept_until = NULL, kept_outcome = NULL, kept_body = NULL WHERE id = ?').run(id);
    } else prepare('UPDATE requests SET outcome = NULL, outcome_body = NULL, reuse_until = NULL WHERE id = ?').run(id);
    return text(row, 'key') as RequestKey;
  };

  const rowsAfter = (tenant: string | undefined, from: PurgePosition): Row[] => {
    const order = 'ORDER BY tenant, accepted_at, key LIMIT ?';
    if (tenant === undefined) {
      const select = prepare(`SELECT ${columns} FROM requests WHERE (tenant, accepted_at, key) > (?, ?, ?) ${order}`);
      return select.all(from.tenant, from.acceptedAt, from.key, pageLength);
    }
    const select = prepare(`
      SELECT ${columns} FROM requests WHERE tenant = ? AND (accepted_at, key) > (?, ?) ${order}`);
    return select.all(tenant, from.acceptedAt, from.key, pageLength);
  };

  function* tenants(): Generator<string> {
    const next = prepare('SELECT tenant FROM requests WHERE tenant > ? ORDER BY tenant LIMIT 1');
    for (let row = next.get(''); row !== undefined; row = next.get(text(row, 'tenant'))) yield text(row, 'tenant');
  }

  const reads = {
    // What is in the file and holds something; the log beside it is not counted.
    storedBytes: (): number => {
      const pages = (name: string) => integer(prepare(`PRAGMA ${name}`).get() ?? {}, name);
      return (pages('page_count') - pages('freelist_count')) * pages('page_size');
    },
  };

  const writes = {
    purgeKeys: (filter: PurgeFilter, limit: number): RequestKey[] => {
      const select = prepare(`SELECT ${columns} FROM requests WHERE key = ?`);
      const found = [...new Set(filter.keys)].map((key) => select.get(key)).filter((row) => row !== undefined);
      const matching = found.filter((row) => matches(row, filter));
      return matching
        .toSorted(oldestFirst)
        .slice(0, limit)
        .map((row) => take(row, filter));
    },

    purgePage: (
      filter: PurgeFilter,
      from: PurgePosition | null,
      limit: number,
    ): { readonly keys: readonly RequestKey[]; readonly next: PurgePosition | null } => {
      const rows = rowsAfter(filter.tenant, from ?? { tenant: '', acceptedAt: Number.MIN_SAFE_INTEGER, key: '' });
      const keys = rows
        .filter((row) => matches(row, filter))
        .slice(0, limit)
        .map((row) => take(row, filter));
      const last = rows.length < pageLength ? undefined : rows.at(-1);
      return { keys, next: last ? positionOf(last) : null };
    },

    evictOldest: (doneBefore: number, limit: number, now: number): RequestKey[] => {
      const select = prepare(`
        SELECT id, key, accepted_at FROM requests WHERE tenant = ? AND accepted_at < ? AND state = 'done' AND done_at < ?
          AND (named_until IS NULL OR named_until <= ?)
        ORDER BY accepted_at, key LIMIT ?`);
      const oldest = createOldest<Row>(doneBefore, atLeastNone(limit), (row) => integer(row, 'accepted_at'));
      for (const tenant of tenants()) oldest.add(select.all(tenant, oldest.before(), doneBefore, now, oldest.limit));
      for (const row of oldest.found()) remove(integer(row, 'id'));
      return oldest.found().map((row) => text(row, 'key') as RequestKey);
    },
  };

  return { reads, writes };
}

function matches(row: Row, { tenant, model, doneBefore }: PurgeFilter): boolean {
  const ages = [integerOrNull(row, 'outcome_at'), integerOrNull(row, 'kept_at')];
  return (
    ages.some((at) => isOlder(at, doneBefore)) &&
    (tenant === undefined || row['tenant'] === tenant) &&
    (model === undefined || row['model'] === model)
  );
}

const isOlder = (at: number | null, doneBefore: number | undefined): boolean =>
  at !== null && (doneBefore === undefined || at < doneBefore);

function positionOf(row: Row): PurgePosition {
  return { tenant: text(row, 'tenant'), acceptedAt: integer(row, 'accepted_at'), key: text(row, 'key') };
}

function oldestFirst(a: Row, b: Row): number {
  return integer(a, 'accepted_at') - integer(b, 'accepted_at') || (text(a, 'key') < text(b, 'key') ? -1 : 1);
}
