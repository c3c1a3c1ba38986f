import { checkIncrements, type Ledger, type LedgerEntry } from '@batch-gpt/domain';
import { compareTexts } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';

/** The ledger in memory. */
export function createMemoryLedger(run: RunCall): Ledger {
  const entries = new Map<string, LedgerEntry>();
  return {
    add: (increments) =>
      run(() => {
        checkIncrements(increments);
        for (const increment of increments) {
          const { day, tenant, model, kind } = increment;
          const id = JSON.stringify([day, tenant, model, kind]);
          const known = entries.get(id);
          entries.set(id, known === undefined ? increment : plus(known, increment));
        }
      }),

    read: ({ tenant, fromDay, toDay }, limit) =>
      run(() =>
        [...entries.values()]
          .filter((entry) => (tenant === null || entry.tenant === tenant) && entry.day >= fromDay && entry.day <= toDay)
          .toSorted(inOrder)
          .slice(0, Math.max(limit, 0)),
      ),

    removeBefore: (day, limit) =>
      run(() => {
        const old = [...entries].filter(([, entry]) => entry.day < day).slice(0, Math.max(limit, 0));
        for (const [id] of old) entries.delete(id);
        return old.length;
      }),
  };
}

const plus = (a: LedgerEntry, b: LedgerEntry): LedgerEntry => ({
  ...a,
  calls: a.calls + b.calls,
  inputTokens: a.inputTokens + b.inputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  outputTokens: a.outputTokens + b.outputTokens,
});

const inOrder = (a: LedgerEntry, b: LedgerEntry): number =>
  compareTexts(a.day, b.day) ||
  compareTexts(a.tenant, b.tenant) ||
  compareTexts(a.model, b.model) ||
  compareTexts(a.kind, b.kind);
