import { lastStatus, noUnused, type BatchRecord, type SettledSum } from '@batch-gpt/domain';

/** What one settled batch adds to the sums. */
export function sumOfBatch(batch: BatchRecord): SettledSum {
  const { updatedAt, tenant, model, sizes, billed } = batch;
  return {
    day: new Date(updatedAt).toISOString().slice(0, 10),
    tenant,
    model,
    status: lastStatus(batch),
    batches: 1,
    lines: sizes.lines,
    succeeded: billed?.succeeded ?? 0,
    failed: billed?.failed ?? 0,
    sentAgain: billed?.sentAgain ?? 0,
    inputTokens: billed?.inputTokens ?? 0,
    cachedTokens: billed?.cachedTokens ?? 0,
    outputTokens: billed?.outputTokens ?? 0,
    lost: billed?.lost ?? 0,
    unused: billed?.unused ?? noUnused,
  };
}
