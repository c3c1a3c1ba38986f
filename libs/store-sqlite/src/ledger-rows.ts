import type { TenantId } from '@batch-gpt/contracts';
import { checkIncrements, type LedgerEntry, type LedgerFilter, type LedgerKind } from '@batch-gpt/domain';
import { integer, text, type Row } from './column.ts';
import { atLeastNone, insertInto, type Prepare } from './statement.ts';

const columns = ['day', 'tenant', 'model', 'kind', 'calls', 'input', 'cached', 'output'] as const;

/** Increments for what is no batch: the worker's side of the port. */
export function createLedgerRows(prepare: Prepare) {
  const reads = {
    readLedger: ({ tenant, fromDay, toDay }: LedgerFilter, limit: number): LedgerEntry[] => {
      const days = 'day >= ? AND day <= ?';
      const found =
        tenant === null
          ? prepare(`SELECT * FROM ledger WHERE ${days} ORDER BY day, tenant, model, kind LIMIT ?`).all(
              ...[fromDay, toDay, atLeastNone(limit)],
            )
          : prepare(`SELECT * FROM ledger WHERE tenant = ? AND ${days} ORDER BY day, model, kind LIMIT ?`).all(
              ...[tenant, fromDay, toDay, atLeastNone(limit)],
            );
      return found.map(toEntry);
    },
  };

  const writes = {
    addToLedger: (increments: readonly LedgerEntry[]): void => {
      checkIncrements(increments);
      const add = prepare(`
        ${insertInto('ledger', columns)} ON CONFLICT (day, tenant, model, kind) DO UPDATE SET
          calls = calls + excluded.calls, input = input + excluded.input,
          cached = cached + excluded.cached, output = output + excluded.output`);
      for (const { day, tenant, model, kind, calls, inputTokens, cachedTokens, outputTokens } of increments) {
        add.run(day, tenant, model, kind, calls, inputTokens, cachedTokens, outputTokens);
      }
    },

    removeFromLedger: (day: string, limit: number): number => {
      const remove = prepare(`
        DELETE FROM ledger WHERE (day, tenant, model, kind) IN (
          SELECT day, tenant, model, kind FROM ledger WHERE day < ? ORDER BY day LIMIT ?
        )`);
      return Number(remove.run(day, atLeastNone(limit)).changes);
    },
  };

  return { reads, writes };
}

function toEntry(row: Row): LedgerEntry {
  return {
    tenant: text(row, 'tenant') as TenantId,
    model: text(row, 'model'),
    day: text(row, 'day'),
    kind: text(row, 'kind') as LedgerKind,
    calls: integer(row, 'calls'),
    inputTokens: integer(row, 'input'),
    cachedTokens: integer(row, 'cached'),
    outputTokens: integer(row, 'output'),
  };
}
