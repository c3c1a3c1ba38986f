import { type BatchRecord, type PendingGroup } from '@batch-gpt/domain';

/** Batches that no provider has yet: what is left to do with them is a batcher's work. */
const unsubmitted: ReadonlySet<string> = new Set(['forming', 'claimed', 'uploaded', 'submitting']);

/**
 * Requests that wait for a batcher and for nothing else: those of groups whose window is over, and those of batches that
 * are formed and not submitted. It is what batchers are scaled by. While a window collects it is no backlog, and what the
 * provider works on is none either.
 */
export function backlogOf(
  groups: readonly PendingGroup[],
  open: readonly BatchRecord[],
  { window, now }: { readonly window: number; readonly now: number },
): number {
  const overdue = groups.filter(({ oldestAcceptedAt }) => oldestAcceptedAt + window <= now);
  const formed = open.filter(({ state }) => unsubmitted.has(state));
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return sum(overdue.map(({ pending }) => pending)) + sum(formed.map(({ sizes }) => sizes.lines));
}
