import { type Usage } from './answers/usage.ts';
import { createKeyCountTable, type KeyCounts } from './key-counts.ts';

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
  /** Rows sent whole in downloads of result files, each download counted. */
  delivered_rows: number;
  /** Distinct custom ids among the delivered rows. */
  delivered_custom_ids: number;
  /** Custom ids of which more than one row was delivered. */
  delivered_twice_custom_ids: number;
  /** Webhooks that were answered with 2xx, the second one of a doubled pair included. */
  webhooks_delivered: number;
  /** Webhooks that were given up, lost by a fault, or not taken because too many waited. */
  webhooks_lost: number;
  /** Synchronous calls that were answered; they are no lines. */
  sync_calls: number;
  /** Lines beyond the ledger's limit: counted above, not listed, and not among the ids. */
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

/** One custom id as the ledger's routes show it. */
export interface LedgerKey extends KeyCounts {
  readonly custom_id: string;
}

/** A page of custom ids; `after` of the next page is `next_after`. */
export interface KeyPage {
  readonly keys: readonly LedgerKey[];
  readonly has_more: boolean;
  readonly next_after: number;
}

/** Totals that are counted from outside, one or some at a time. */
type Countable =
  'files' | 'batches' | 'created' | 'lines_received' | 'sync_calls' | 'webhooks_delivered' | 'webhooks_lost';

/** What happened, for a witness: append only, bounded, and compact (about 170 bytes a line). */
export interface Ledger {
  record(entry: LedgerEntry): void;
  /** One row of a result file went out to its end. */
  recordDelivery(customId: string): void;
  count(name: Countable, by?: number): void;
  /** How often a custom id ran, was billed and was delivered so far. */
  countsOf(customId: string): KeyCounts;
  /** A page of all ids, in the order in which they were first seen. */
  keys(after: number, limit: number): KeyPage;
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
  delivered_rows: 0,
  delivered_custom_ids: 0,
  delivered_twice_custom_ids: 0,
  webhooks_delivered: 0,
  webhooks_lost: 0,
  sync_calls: 0,
  lines_not_kept: 0,
};

/** Numbers of one line in the flat array: names by index, so that a line costs its custom id and forty bytes. */
const fieldsPerLine = 5;

/** Makes an empty ledger that keeps at most `limit` lines, and as many custom ids. */
export function createLedger(limit: number): Ledger {
  let totals = { ...noTotals };
  let customIds: string[] = [];
  let numbers: number[] = [];
  let seen = createKeyCountTable(limit);
  let names = createNames();

  function countId(customId: string, billed: boolean): void {
    const before = seen.add(customId, billed ? ['runs', 'billed'] : ['runs']);
    if (before?.runs === 0) totals.distinct_custom_ids += 1;
    if (before?.runs === 1) totals.repeated_custom_ids += 1;
    if (billed && before?.billed === 1) totals.billed_twice_custom_ids += 1;
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
    recordDelivery(customId) {
      totals.delivered_rows += 1;
      const before = seen.add(customId, ['delivered']);
      if (before?.delivered === 0) totals.delivered_custom_ids += 1;
      if (before?.delivered === 1) totals.delivered_twice_custom_ids += 1;
    },
    count(name, by = 1) {
      totals[name] += by;
    },
    countsOf: (customId) => seen.get(customId),
    totals: () => ({ ...totals }),
    page(after, size) {
      const end = Math.min(customIds.length, after + size);
      const lines = Array.from({ length: Math.max(0, end - after) }, (_, offset) => lineAt(after + offset));
      return { lines, totals: { ...totals }, has_more: end < customIds.length, next_after: Math.max(after, end) };
    },
    keys(after, size) {
      const some = seen.entries().drop(after).take(size);
      const keys = some.map(({ customId, ...counts }) => ({ custom_id: customId, ...counts })).toArray();
      const next = after + keys.length;
      return { keys, has_more: next < seen.size(), next_after: next };
    },
    reset() {
      totals = { ...noTotals };
      customIds = [];
      numbers = [];
      seen = createKeyCountTable(limit);
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
