import { addSums, type BatchRecord, type BilledUsage, type TenantUsage } from '@batch-gpt/domain';
import type { MemoryBatches } from './memory-batch-store.ts';
import type { MemoryRequestRows } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';
import { sumOfBatch } from './sum-of-batch.ts';

/** The usage port on the requests and batches in memory. */
export function createMemoryTenantUsage(run: RunCall, rows: MemoryRequestRows, batches: MemoryBatches): TenantUsage {
  return {
    pendingOf: (tenant, atMost) =>
      run(() => {
        const pending = [...rows.values()].filter(
          ({ record }) => record.tenant === tenant && record.state !== 'done',
        ).length;
        return Math.min(pending, atMost);
      }),

    spendOf: (tenant, sinceDay) =>
      run(() => {
        const billed = [...batches.values()].filter((batch) => batch.tenant === tenant).flatMap(billedUsage);
        const recent = billed.filter(({ day }) => day >= sinceDay);
        return [...Map.groupBy(recent, ({ day, model }) => `${day} ${model}`).values()].map(sumOf);
      }),

    settledOf: (tenant, fromDay, toDay) =>
      run(() => {
        const settled = [...batches.values()].filter((batch) => batch.tenant === tenant && batch.state === 'settled');
        return addSums(settled.map(sumOfBatch).filter(({ day }) => day >= fromDay && day <= toDay));
      }),
  };
}

function billedUsage({ state, billed, updatedAt, model }: BatchRecord): readonly BilledUsage[] {
  if (state !== 'settled' || billed === null) return [];
  const { inputTokens, cachedTokens, outputTokens } = billed;
  return [{ day: new Date(updatedAt).toISOString().slice(0, 10), model, inputTokens, cachedTokens, outputTokens }];
}

function sumOf(parts: readonly BilledUsage[]): BilledUsage {
  return parts.reduce((sum, part) => ({
    ...sum,
    inputTokens: sum.inputTokens + part.inputTokens,
    cachedTokens: sum.cachedTokens + part.cachedTokens,
    outputTokens: sum.outputTokens + part.outputTokens,
  }));
}
