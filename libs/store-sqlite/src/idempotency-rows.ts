import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import type { IdempotencyRecord } from '@batch-gpt/domain';
import { integer, text, type Row } from './column.ts';
import { atLeastNone, insertInto, type Prepare } from './statement.ts';

const columns = ['id', 'tenant', 'content', 'key', 'created_at', 'expires_at'] as const;

const taken = columns
  .slice(1)
  .map((name) => `${name} = excluded.${name}`)
  .join(', ');

/** What `Idempotency-Key`s stand for: the worker's side of the port. */
export function createIdempotencyRows(prepare: Prepare) {
  const writes = {
    // The write transaction that this runs in makes reading, comparing and writing one step.
    remember: (record: IdempotencyRecord): { readonly record: IdempotencyRecord; readonly isNew: boolean } => {
      const known = prepare('SELECT * FROM idempotency WHERE id = ? AND expires_at > ?').get(
        record.id,
        record.createdAt,
      );
      if (known) return { record: toRecord(known), isNew: false };
      const { id, tenant, content, key, createdAt, expiresAt } = record;
      const replace = prepare(`${insertInto('idempotency', columns)} ON CONFLICT (id) DO UPDATE SET ${taken}`);
      replace.run(id, tenant, content, key, createdAt, expiresAt);
      return { record, isNew: true };
    },

    forgetExpired: (now: number, limit: number): number => {
      const remove = prepare(`
        DELETE FROM idempotency WHERE id IN (
          SELECT id FROM idempotency WHERE expires_at <= ? ORDER BY expires_at LIMIT ?
        )`);
      return Number(remove.run(now, atLeastNone(limit)).changes);
    },
  };

  return { writes };
}

function toRecord(row: Row): IdempotencyRecord {
  return {
    id: text(row, 'id'),
    tenant: text(row, 'tenant') as TenantId,
    content: text(row, 'content') as RequestKey,
    key: text(row, 'key') as RequestKey,
    createdAt: integer(row, 'created_at'),
    expiresAt: integer(row, 'expires_at'),
  };
}
