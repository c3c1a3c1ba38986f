import type { LedgerLine } from '../witness.ts';

/** What the provider's ledger says about a run, each line that ran in exactly one of the five counts. */
export interface Reckoning {
  readonly linesRun: number;
  readonly linesBilled: number;
  /** First runs, and runs after the provider itself had failed the line (5xx, 408, 429, status 0, timeout): forced. */
  readonly firstRuns: number;
  readonly afterProviderFailure: number;
  /** Ran again after it was paid because the provider lost the paid row: forced, and known from the prompt. */
  readonly afterLostRow: number;
  /** Ran again after it was paid, for no reason of the provider's: must be none. */
  readonly paidTwice: number;
  /** Lines that nobody asked for: must be none. */
  readonly unknown: number;
  /** The first keys that were paid twice, with the batches they ran in. */
  readonly examples: readonly string[];
}

/** What is known about a key: whether the provider was told to lose its row. */
export type KeyKind = 'ordinary' | 'row is lost';

const exampleLimit = 20;

/** Reads the ledger's lines, oldest first. */
export function reckon(lines: readonly LedgerLine[], kinds: ReadonlyMap<string, KeyKind>): Reckoning {
  const paid = new Map<string, string[]>();
  const failed = new Set<string>();
  const examples: string[] = [];
  const counts = { firstRuns: 0, afterProviderFailure: 0, afterLostRow: 0, paidTwice: 0, unknown: 0 };
  for (const { custom_id: key, batch_id: batch, billed } of lines) {
    const kind = kinds.get(key);
    const paidIn = paid.get(key);
    if (kind === undefined) counts.unknown += 1;
    else if (paidIn === undefined) counts[failed.has(key) ? 'afterProviderFailure' : 'firstRuns'] += 1;
    else if (kind === 'row is lost' && paidIn.length === 1) counts.afterLostRow += 1;
    else {
      counts.paidTwice += 1;
      if (examples.length < exampleLimit) examples.push(`${key} in ${[...paidIn, batch].join(', ')}`);
    }
    if (billed) paid.set(key, [...(paidIn ?? []), batch]);
    else failed.add(key);
  }
  return {
    ...counts,
    linesRun: lines.length,
    linesBilled: lines.filter(({ billed }) => billed).length,
    examples,
  };
}
