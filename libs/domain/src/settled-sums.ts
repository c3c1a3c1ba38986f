import type { BatchRecord, UnusedTokens } from './batch.ts';
import type { SettledSum } from './ports/work-overview.ts';

/** The last word on a settled batch: the provider's, else why it never came to the provider. */
export function lastStatus({
  provider,
  cancelRequestedAt,
}: Pick<BatchRecord, 'provider' | 'cancelRequestedAt'>): string {
  return provider?.status ?? (cancelRequestedAt === null ? 'failed' : 'cancelled');
}

/** Adds up what has the same day, tenant, model and status. */
export function addSums(parts: Iterable<SettledSum>): SettledSum[] {
  const sums = new Map<string, SettledSum>();
  for (const part of parts) {
    const kind = JSON.stringify([part.day, part.tenant, part.model, part.status]);
    const sum = sums.get(kind);
    sums.set(kind, sum === undefined ? part : plus(sum, part));
  }
  return [...sums.values()];
}

function plus(a: SettledSum, b: SettledSum): SettledSum {
  return {
    ...a,
    batches: a.batches + b.batches,
    lines: a.lines + b.lines,
    succeeded: a.succeeded + b.succeeded,
    failed: a.failed + b.failed,
    sentAgain: a.sentAgain + b.sentAgain,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    lost: (a.lost ?? 0) + (b.lost ?? 0),
    unused: addUnused(a.unused ?? noUnused, b.unused ?? noUnused),
  };
}

/** No tokens that were paid for nothing. */
export const noUnused: UnusedTokens = { inputTokens: 0, outputTokens: 0, cachedTokens: 0 };

export const addUnused = (a: UnusedTokens, b: UnusedTokens): UnusedTokens => ({
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
});
