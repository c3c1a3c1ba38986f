/*
 * What this month's ledger says, of all tenants together. Days that are over are read once: whoever counts flushes within
 * seconds, and what is flushed later than the margin is shown after the next restart only.
 */
import { type Ledger, type LedgerEntry, type LedgerKind } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';

export interface LedgerThisMonthOptions {
  readonly ledger: Pick<Ledger, 'read'>;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
}

/** What one model's calls of one kind came to. */
export type LedgerSum = Omit<LedgerEntry, 'tenant' | 'day'>;

/** Null: there is more of a day than is read. */
export interface LedgerSums {
  readonly today: readonly LedgerSum[] | null;
  readonly month: readonly LedgerSum[] | null;
}

const day = 24 * 3_600_000;
const margin = 10 * 60_000;
const mostOfDay = 20_000;

/** Reads the ledger; calls must not overlap. */
export function createLedgerThisMonth({ ledger, within, clock }: LedgerThisMonthOptions): () => Promise<LedgerSums> {
  let month = '';
  let next = 0;
  let kept: readonly LedgerSum[] | null = [];

  const readDay = async (at: number) => {
    const name = dayOf(at);
    const entries = await within(ledger.read({ tenant: null, fromDay: name, toDay: name }, mostOfDay));
    return entries.length < mostOfDay ? addUp(entries) : null;
  };

  return async () => {
    const now = clock.now();
    const today = startOfDay(now);
    if (dayOf(now).slice(0, 7) !== month) {
      month = dayOf(now).slice(0, 7);
      next = Date.parse(`${month}-01`);
      kept = [];
    }
    for (; next < startOfDay(now - margin); next += day) kept = plus(kept, await readDay(next));
    // Yesterday may still be open.
    let open: readonly LedgerSum[] | null = [];
    for (let at = next; at < today; at += day) open = plus(open, await readDay(at));
    const ofToday = await readDay(today);
    return { today: ofToday, month: plus(plus(kept, open), ofToday) };
  };
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
const startOfDay = (at: number): number => Date.parse(dayOf(at));

function plus(a: readonly LedgerSum[] | null, b: readonly LedgerSum[] | null): readonly LedgerSum[] | null {
  return a === null || b === null ? null : addUp([...a, ...b]);
}

function addUp(parts: readonly LedgerSum[]): readonly LedgerSum[] {
  const byKind = Map.groupBy(parts, ({ kind, model }) => `${kind} ${model}`);
  return [...byKind.values()].flatMap((those) => {
    const [first] = those;
    return first === undefined ? [] : [sumOf(those, first.kind, first.model)];
  });
}

function sumOf(parts: readonly LedgerSum[], kind: LedgerKind, model: string): LedgerSum {
  const total = (field: 'calls' | 'inputTokens' | 'cachedTokens' | 'outputTokens') =>
    parts.reduce((sum, part) => sum + part[field], 0);
  return {
    ...{ kind, model, calls: total('calls'), inputTokens: total('inputTokens') },
    ...{ cachedTokens: total('cachedTokens'), outputTokens: total('outputTokens') },
  };
}
