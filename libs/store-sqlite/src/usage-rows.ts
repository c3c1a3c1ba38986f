import type { TenantId } from '@batch-gpt/contracts';
import { changingMemberStates, fixedMemberStates, type BilledUsage, type SettledSum } from '@batch-gpt/domain';
import { integer, text } from './column.ts';
import { sumColumns, sumsOf } from './settled-sums.ts';
import type { Prepare } from './statement.ts';

/** What a tenant has under way, and what it was billed: the worker's side of the port. */
export function createUsageRows(prepare: Prepare) {
  const reads = {
    /** Counts no further than `atMost`: what is left to count bounds every step. */
    pendingOf: (tenant: TenantId, atMost: number): number => {
      const accepted = prepare(`
        SELECT count(*) AS n FROM (
          SELECT 1 FROM requests WHERE state = 'accepted' AND group_id > ? AND group_id < ? LIMIT ?
        )`);
      // Ids of groups begin with their tenant and a bar; what comes after the bar is the next character.
      let pending = integer(accepted.get(`${tenant}|`, `${tenant}}`, atMost) ?? {}, 'n');
      for (const state of fixedMemberStates) {
        if (pending >= atMost) return atMost;
        pending += linesOf(tenant, state);
      }
      for (const id of changingMemberStates.flatMap((state) => batchesOf(tenant, state))) {
        if (pending >= atMost) return atMost;
        pending += membersOf(id, atMost - pending);
      }
      return Math.min(pending, atMost);
    },

    billedSince: (tenant: TenantId, since: number): BilledUsage[] => {
      const select = prepare(`
        SELECT updated_at, facts ->> '$.model' AS model, facts ->> '$.billed.inputTokens' AS input,
          facts ->> '$.billed.cachedTokens' AS cached, facts ->> '$.billed.outputTokens' AS output
        FROM batches WHERE tenant = ? AND state = 'settled' AND updated_at >= ?`);
      const sums = new Map<string, BilledUsage>();
      for (const row of select.iterate(tenant, since)) {
        if (row['input'] === null) continue;
        const day = new Date(integer(row, 'updated_at')).toISOString().slice(0, 10);
        const model = text(row, 'model');
        const sum = sums.get(`${day} ${model}`) ?? { inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
        sums.set(`${day} ${model}`, {
          day,
          model,
          inputTokens: sum.inputTokens + integer(row, 'input'),
          cachedTokens: sum.cachedTokens + integer(row, 'cached'),
          outputTokens: sum.outputTokens + integer(row, 'output'),
        });
      }
      return [...sums.values()];
    },

    settledOf: (tenant: TenantId, from: number, to: number): SettledSum[] => {
      const select = prepare(`
        SELECT ${sumColumns}
        FROM batches WHERE tenant = ? AND state = 'settled' AND updated_at >= ? AND updated_at < ?`);
      return sumsOf(select.iterate(tenant, from, to));
    },
  };

  const linesOf = (tenant: TenantId, state: string): number => {
    const select = prepare(`
      SELECT coalesce(sum(facts ->> '$.sizes.lines'), 0) AS n FROM batches WHERE tenant = ? AND state = ?`);
    return integer(select.get(tenant, state) ?? {}, 'n');
  };

  const batchesOf = (tenant: TenantId, state: string): string[] =>
    prepare('SELECT id FROM batches WHERE tenant = ? AND state = ?')
      .all(tenant, state)
      .map((row) => text(row, 'id'));

  const membersOf = (batchId: string, atMost: number): number => {
    const select = prepare(`
      SELECT count(*) AS n FROM (SELECT 1 FROM requests WHERE state = 'collected' AND batch_id = ? LIMIT ?)`);
    return integer(select.get(batchId, atMost) ?? {}, 'n');
  };

  return { reads };
}
