import type { AccountId, RequestKey, TenantId } from '@batch-gpt/contracts';
import { checkOwnedIds, checkOwnedLookup, type OwnedId } from '@batch-gpt/domain';
import { integer, integerOrNull, text, textOrNull, type Row } from './column.ts';
import { atLeastNone, insertInto, type Prepare } from './statement.ts';

const columns = ['id', 'tenant', 'kind', 'account', 'key', 'text', 'created_at', 'cancelled_at', 'expires_at'] as const;

/** Who owns which id: the worker's side of the port. */
export function createOwnedIdRows(prepare: Prepare) {
  const reads = {
    findOwned: (tenant: TenantId, id: string): OwnedId | null => {
      const row = prepare('SELECT * FROM owned_ids WHERE id = ? AND tenant = ?').get(id, tenant);
      return row ? toOwnedId(row) : null;
    },

    ownedAmong: (tenant: TenantId, ids: readonly string[]): string[] => {
      checkOwnedLookup(ids);
      const select = prepare('SELECT 1 FROM owned_ids WHERE id = ? AND tenant = ?');
      return ids.filter((id) => select.get(id, tenant) !== undefined);
    },

    foreignAmong: (tenant: TenantId, ids: readonly string[]): string[] => {
      checkOwnedLookup(ids);
      const select = prepare('SELECT 1 FROM owned_ids WHERE id = ? AND tenant <> ?');
      return ids.filter((id) => select.get(id, tenant) !== undefined);
    },
  };

  const writes = {
    insertOwned: (ids: readonly OwnedId[]): void => {
      checkOwnedIds(ids);
      const insert = prepare(`${insertInto('owned_ids', columns)} ON CONFLICT (id) DO NOTHING`);
      for (const { id, tenant, kind, account, key, text: shown, createdAt, cancelledAt, expiresAt } of ids) {
        insert.run(id, tenant, kind, account, key, shown, createdAt, cancelledAt, expiresAt);
      }
    },

    cancelOwned: (tenant: TenantId, id: string, at: number): OwnedId | null => {
      const update = prepare(
        'UPDATE owned_ids SET cancelled_at = ? WHERE id = ? AND tenant = ? AND cancelled_at IS NULL',
      );
      update.run(at, id, tenant);
      return reads.findOwned(tenant, id);
    },

    removeOwned: (tenant: TenantId, id: string): boolean =>
      prepare('DELETE FROM owned_ids WHERE id = ? AND tenant = ?').run(id, tenant).changes > 0,

    removeExpiredOwned: (now: number, limit: number): number => {
      const remove = prepare(`
        DELETE FROM owned_ids WHERE rowid IN (
          SELECT rowid FROM owned_ids WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
        )`);
      return Number(remove.run(now, atLeastNone(limit)).changes);
    },
  };

  return { reads, writes };
}

function toOwnedId(row: Row): OwnedId {
  return {
    id: text(row, 'id'),
    tenant: text(row, 'tenant') as TenantId,
    kind: text(row, 'kind') as OwnedId['kind'],
    account: text(row, 'account') as AccountId,
    key: textOrNull(row, 'key') as RequestKey | null,
    text: textOrNull(row, 'text'),
    createdAt: integer(row, 'created_at'),
    cancelledAt: integerOrNull(row, 'cancelled_at'),
    expiresAt: integer(row, 'expires_at'),
  };
}
