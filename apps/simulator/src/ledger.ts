import { type Usage } from './answers/usage.ts';

/** One line that ran. */
export interface LedgerEntry {
  readonly customId: string;
  readonly model: string;
  readonly endpoint: string;
  readonly batchId: string;
  /** HTTP status of the line; 0 as the provider was seen to write it. */
  readonly status: number;
  readonly billed: boolean;
  readonly usage: Usage;
}

/** Sums over everything since the start or the last reset. */
export interface LedgerTotals {
  /** Files stored by upload. */
  files: number;
  /** Calls to create a batch, refused ones included. */
  batches: number;
  /** Batches that came into being, those with a lost answer included. */
  created: number;
  /** Lines read by validation. */
  lines_received: number;
  lines_run: number;
  /** Lines that ended in 2xx: what would be paid. */
  lines_billed: number;
  input_tokens: number;
  output_tokens: number;
  /** Distinct custom ids among the lines that ran. */
  distinct_custom_ids: number;
  /** Custom ids that ran more than once. */
  repeated_custom_ids: number;
  /** Custom ids that were billed more than once: money paid twice. */
  billed_twice_custom_ids: number;
  /** Synchronous calls that were answered; they are no lines. */
  sync_calls: number;
  /** Lines beyond the ledger's limit: counted above, not listed, and not among the distinct ids. */
  lines_not_kept: number;
}

/** A page of lines, oldest first; `after` of the next page is `next_after`. */
export interface LedgerPage {
  readonly lines: readonly LedgerLine[];
  readonly totals: LedgerTotals;
  readonly has_more: boolean;
  readonly next_after: number;
}

/** A line as the ledger's route shows it. */
export interface LedgerLine {
  readonly custom_id: string;
  readonly model: string;
  readonly endpoint: string;
  readonly batch_id: string;
  readonly status: number;
  readonly billed: boolean;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

/** What happened, for a witness: append only, bounded, and compact (about 170 bytes a line). */
export interface Ledger {
  record(entry: LedgerEntry): void;
  count(name: 'files' | 'batches' | 'created' | 'lines_received' | 'sync_calls', by?: number): void;
  /** How often a custom id ran so far. */
  runsOf(customId: string): number;
  totals(): LedgerTotals;
  page(after: number, limit: number): LedgerPage;
  reset(): void;
}

const noTotals: LedgerTotals = {
  files: 0,
  batches: 0,
  created: 0,
  lines_received: 0,
  lines_run: 0,
  lines_billed: 0,
  input_tokens: 0,
  output_tokens: 0,
  distinct_custom_ids: 0,
  repeated_custom_ids: 0,
  billed_twice_custom_ids: 0,
  sync_calls: 0,
  lines_not_kept: 0,
};

/** Numbers of one line in the flat array: names by index, so that a line costs its custom id and forty bytes. */
const fieldsPerLine = 5;
/** A custom id's runs are counted in the low part of one number, its billed runs in the high part. */
const billedUnit = 65_536;

/** Makes an empty ledger that keeps at most `limit` lines. */
export function createLedger(limit: number): Ledger {
  let totals = { ...noTotals };
  let customIds: string[] = [];
  let numbers: number[] = [];
  let seen = new Map<string, number>();
  let names = createNames();

  function countId(customId: string, billed: boolean): void {
    const before = seen.get(customId) ?? 0;
    const runs = before % billedUnit;
    const paid = Math.floor(before / billedUnit);
    if (runs === 0) totals.distinct_custom_ids += 1;
    if (runs === 1) totals.repeated_custom_ids += 1;
    if (billed && paid === 1) totals.billed_twice_custom_ids += 1;
    seen.set(customId, before + 1 + (billed ? billedUnit : 0));
  }

  function lineAt(index: number): LedgerLine {
    const at = index * fieldsPerLine;
    const [group = 0, batch = 0, status = 0, input = 0, output = 0] = numbers.slice(at, at + fieldsPerLine);
    const [model = '', endpoint = ''] = names.of(group).split('\n');
    return {
      custom_id: customIds[index] ?? '',
      model,
      endpoint,
      batch_id: names.of(batch),
      status: Math.abs(status),
      billed: status > 0,
      usage: { input_tokens: input, output_tokens: output },
    };
  }

  return {
    record({ customId, model, endpoint, batchId, status, billed, usage }) {
      totals.lines_run += 1;
      totals.lines_billed += billed ? 1 : 0;
      totals.input_tokens += usage.input;
      totals.output_tokens += usage.output;
      if (customIds.length >= limit) {
        totals.lines_not_kept += 1;
        return;
      }
      customIds.push(customId);
      // The sign carries "billed": one number less for each of two million lines.
      const signed = billed ? status : -status;
      numbers.push(names.indexOf(`${model}\n${endpoint}`), names.indexOf(batchId), signed, usage.input, usage.output);
      countId(customId, billed);
    },
    count(name, by = 1) {
      totals[name] += by;
    },
    runsOf: (customId) => (seen.get(customId) ?? 0) % billedUnit,
    totals: () => ({ ...totals }),
    page(after, size) {
      const end = Math.min(customIds.length, after + size);
      const lines = Array.from({ length: Math.max(0, end - after) }, (_, offset) => lineAt(after + offset));
      return { lines, totals: { ...totals }, has_more: end < customIds.length, next_after: Math.max(after, end) };
    },
    reset() {
      totals = { ...noTotals };
      customIds = [];
      numbers = [];
      seen = new Map();
      names = createNames();
    },
  };
}

/** Strings that repeat, kept once and named by number. */
function createNames(): { indexOf(name: string): number; of(index: number): string } {
  const indexes = new Map<string, number>();
  const list: string[] = [];
  return {
    indexOf(name) {
      const known = indexes.get(name);
      if (known !== undefined) return known;
      indexes.set(name, list.length);
      return list.push(name) - 1;
    },
    of: (index) => list[index] ?? '',
  };
}
