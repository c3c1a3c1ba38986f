import { type OperatorBatch } from '@batch-gpt/contracts';
import { batchProgress } from './summaries.ts';

/** What batches can be sorted by. */
export const batchOrders = ['created', 'status', 'model', 'tenant', 'lines', 'progress', 'expires'] as const;
export type BatchOrder = (typeof batchOrders)[number];

const valueOf: Readonly<Record<BatchOrder, (batch: OperatorBatch) => string | number>> = {
  created: ({ created_at }) => created_at,
  status: ({ status }) => status,
  model: ({ model }) => model,
  tenant: ({ tenant }) => tenant,
  lines: ({ counts }) => counts.total,
  progress: batchProgress,
  expires: ({ expires_at }) => expires_at ?? Infinity,
};

/** Batches in an order; those that are alike by age, oldest first. */
export function sortBatches(
  batches: readonly OperatorBatch[],
  by: BatchOrder,
  { descending = false } = {},
): OperatorBatch[] {
  const sign = descending ? -1 : 1;
  const value = valueOf[by];
  return batches.toSorted(
    (a, b) => sign * compare(value(a), value(b)) || a.created_at - b.created_at || compare(a.id, b.id),
  );
}

/** Rows in which every word of a text stands in one of their facts, whatever its case. */
export function filterRows<T extends object>(rows: readonly T[], text: string): T[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const facts = Object.values(row)
      .filter((fact) => typeof fact === 'string')
      .join('\n')
      .toLowerCase();
    return words.every((word) => facts.includes(word));
  });
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
