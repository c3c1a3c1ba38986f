/*
 * Calls that no batch line was made for, counted here and written together:
 *
 *   counted ── ten seconds after the first, or at the end ──▶ added to the ledger
 *
 * A kill loses what was counted since. What could not be added is lost too and logged: some of it may have been added, and
 * savings that are counted twice would be worse than some that are missing.
 */
import { type TenantId } from '@batch-gpt/contracts';
import {
  maxLedgerIncrements,
  type Ledger,
  type LedgerEntry,
  type LedgerKind,
  type PricedUsage,
} from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';

/** How long counts wait to be written, in milliseconds. */
export const flushAfter = 10_000;
const mostEntries = 10_000;
const msPerDay = 86_400_000;

/** Whose a call was, and for which model. */
export interface CountedCall {
  readonly tenant: TenantId;
  readonly model: string;
}

export interface CallCounts extends AsyncDisposable {
  /** Counts a call; with the tokens of its answer where they are known already. */
  call(kind: LedgerKind, call: CountedCall, usage: PricedUsage | null): void;
  /** Adds the tokens of a call that was counted without. */
  tokens(kind: LedgerKind, call: CountedCall, usage: PricedUsage): void;
}

export interface CallCountsOptions {
  readonly ledger: Pick<Ledger, 'add'>;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now' | 'after'>;
  readonly logger: Logger;
}

type Counted = { -readonly [Name in keyof LedgerEntry]: LedgerEntry[Name] };

/** Counts calls in bounded memory; disposal writes what is left. */
export function createCallCounts({ ledger, within, clock, logger }: CallCountsOptions): CallCounts {
  let counted = new Map<string, Counted>();
  let notCounted = 0;
  let cancelTimer: (() => void) | null = null;
  let writing: Promise<void> = Promise.resolve();

  const write = async (entries: readonly LedgerEntry[], unread: number): Promise<void> => {
    let lost = unread;
    for (let from = 0; from < entries.length; from += maxLedgerIncrements) {
      const some = entries.slice(from, from + maxLedgerIncrements);
      try {
        await within(ledger.add(some));
      } catch (err) {
        lost += some.reduce((sum, { calls }) => sum + calls, 0);
        logger.warn('calls could not be added to the ledger', { err, entries: some.length });
      }
    }
    if (lost > 0) logger.warn('calls are missing from the ledger', { calls: lost });
  };

  const flush = (): Promise<void> => {
    cancelTimer?.();
    cancelTimer = null;
    const entries = [...counted.values()];
    const unread = notCounted;
    counted = new Map();
    notCounted = 0;
    writing = writing.then(() => write(entries, unread));
    return writing;
  };

  const entryOf = (kind: LedgerKind, { tenant, model }: CountedCall): Counted | null => {
    cancelTimer ??= clock.after(flushAfter, () => void flush());
    const dayNumber = Math.floor(clock.now() / msPerDay);
    const id = `${tenant}|${dayNumber}|${kind}|${model}`;
    const known = counted.get(id);
    if (known !== undefined) return known;
    if (counted.size >= mostEntries) return null;
    const day = new Date(dayNumber * msPerDay).toISOString().slice(0, 10);
    const entry = { tenant, model, day, kind, calls: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
    counted.set(id, entry);
    return entry;
  };

  return {
    call: (kind, call, usage) => {
      const entry = entryOf(kind, call);
      if (entry === null) {
        notCounted += 1;
        return;
      }
      entry.calls += 1;
      if (usage !== null) addTokens(entry, usage);
    },
    tokens: (kind, call, usage) => {
      const entry = entryOf(kind, call);
      if (entry !== null) addTokens(entry, usage);
    },
    [Symbol.asyncDispose]: () => flush(),
  };
}

function addTokens(entry: Counted, { inputTokens, cachedTokens, outputTokens }: PricedUsage): void {
  entry.inputTokens += inputTokens;
  entry.cachedTokens += cachedTokens;
  entry.outputTokens += outputTokens;
}
