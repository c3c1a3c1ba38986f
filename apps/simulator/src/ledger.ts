import { type Usage } from './answers/usage.ts';
import { createKeyCountTable, type KeyCounts } from './key-counts.ts';
import { type Countable, type LedgerTotals, noTotals } from './ledger-totals.ts';

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

/** What happened, for a witness: append only, bounded, and compact (about 170 bytes a line). */
export interface Ledger {
  record(entry: LedgerEntry): void;
  /** Rows of a result file that went out to its end. */
  recordDeliveries(customIds: readonly string[]): void;
  count(name: Countable, by?: number): void;
  /** How often a custom id ran, was billed and was delivered so far. */
  countsOf(customId: string): KeyCounts;
  /** A page of all ids, in the order in which they were first seen. */
  keys(after: number, limit: number): KeyPage;
  totals(): LedgerTotals;
  page(after: number, limit: number): LedgerPage;
  reset(): void;
}

/** Lines of one batch in the ledger's own form: an id and three numbers each. */
export interface LedgerLines {
  readonly model: string;
  readonly endpoint: string;
  readonly batchId: string;
  readonly ids: readonly string[];
  /** For each id its status, negative if it was not billed, its input and its output tokens. */
  readonly numbers: readonly number[];
}

/** A part of a ledger that is stored; its totals and keys are not counted anew, as its lines may not be all. */
export type LedgerPart =
  | (LedgerLines & { readonly t: 'ledger-lines' })
  | { readonly t: 'ledger-keys'; readonly ids: readonly string[]; readonly numbers: readonly number[] }
  | { readonly t: 'ledger-totals'; readonly totals: Record<string, number> };

/** A ledger that can be stored and loaded. */
export interface StoredLedger extends Ledger {
  /** Lines that ran, in the ledger's own form. */
  recordLines(lines: LedgerLines): void;
  /** Everything, in parts of bounded size. */
  dump(): Generator<LedgerPart>;
  /** Takes up a part that was dumped. */
  load(part: LedgerPart): void;
}

/** Numbers of one line in a stored part, and lines in one. */
const storedPerLine = 3;
const linesPerPart = 1000;

/** The numbers of one line as `LedgerLines` has them. */
export const storedNumbers = ({
  status,
  billed,
  usage,
}: Pick<LedgerEntry, 'status' | 'billed' | 'usage'>): number[] => [
  billed ? status : -status,
  usage.input,
  usage.output,
];

/** Numbers of one line in the flat array: names by index, so that a line costs its custom id and forty bytes. */
const fieldsPerLine = 5;

/** Makes an empty ledger that keeps at most `limit` lines, and as many custom ids. */
export function createLedger(limit: number): StoredLedger {
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

  function keep(
    line: { group: number; batch: number; signed: number; input: number; output: number },
    id: string,
  ): void {
    customIds.push(id);
    numbers.push(line.group, line.batch, line.signed, line.input, line.output);
  }

  function recordLines({ model, endpoint, batchId, ids, numbers: given }: LedgerLines): void {
    const [group, batch] = [names.indexOf(`${model}\n${endpoint}`), names.indexOf(batchId)];
    for (const [index, id] of ids.entries()) {
      const [signed, input, output] = numbersAt(given, index);
      totals.lines_run += 1;
      totals.lines_billed += signed > 0 ? 1 : 0;
      totals.input_tokens += input;
      totals.output_tokens += output;
      if (customIds.length >= limit) {
        totals.lines_not_kept += 1;
        continue;
      }
      keep({ group, batch, signed, input, output }, id);
      countId(id, signed > 0);
    }
  }

  function* dumpLines(): Generator<LedgerPart> {
    for (let from = 0; from < customIds.length;) {
      const [group, batch] = numbers.slice(from * fieldsPerLine, from * fieldsPerLine + 2);
      const some: { ids: string[]; numbers: number[] } = { ids: [], numbers: [] };
      let index = from;
      for (; index < Math.min(customIds.length, from + linesPerPart); index += 1) {
        const at = index * fieldsPerLine;
        if (numbers[at] !== group || numbers[at + 1] !== batch) break;
        some.ids.push(customIds[index] ?? '');
        some.numbers.push(...numbers.slice(at + 2, at + fieldsPerLine));
      }
      const [model = '', endpoint = ''] = names.of(group ?? 0).split('\n');
      yield { t: 'ledger-lines', model, endpoint, batchId: names.of(batch ?? 0), ...some };
      from = index;
    }
  }

  function* dumpKeys(): Generator<LedgerPart> {
    let part: { ids: string[]; numbers: number[] } = { ids: [], numbers: [] };
    for (const { customId, runs, billed, delivered } of seen.entries()) {
      part.ids.push(customId);
      part.numbers.push(runs, billed, delivered);
      if (part.ids.length < linesPerPart) continue;
      yield { t: 'ledger-keys', ...part };
      part = { ids: [], numbers: [] };
    }
    yield { t: 'ledger-keys', ...part };
  }

  return {
    recordLines,
    record: ({ customId, ...entry }) => recordLines({ ...entry, ids: [customId], numbers: storedNumbers(entry) }),
    recordDeliveries(ids) {
      for (const customId of ids) {
        totals.delivered_rows += 1;
        const before = seen.add(customId, ['delivered']);
        if (before?.delivered === 0) totals.delivered_custom_ids += 1;
        if (before?.delivered === 1) totals.delivered_twice_custom_ids += 1;
      }
    },
    *dump() {
      yield* dumpLines();
      yield* dumpKeys();
      yield { t: 'ledger-totals', totals: { ...totals } };
    },
    load(part) {
      if (part.t === 'ledger-totals') {
        for (const name of Object.keys(noTotals) as (keyof LedgerTotals)[]) totals[name] = part.totals[name] ?? 0;
        return;
      }
      if (part.t === 'ledger-lines') {
        const [group, batch] = [names.indexOf(`${part.model}\n${part.endpoint}`), names.indexOf(part.batchId)];
        for (const [index, id] of part.ids.slice(0, limit - customIds.length).entries()) {
          const [signed, input, output] = numbersAt(part.numbers, index);
          keep({ group, batch, signed, input, output }, id);
        }
        return;
      }
      for (const [index, id] of part.ids.entries()) {
        const [runs, billed, delivered] = numbersAt(part.numbers, index);
        seen.set(id, { runs, billed, delivered });
      }
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

function numbersAt(numbers: readonly number[], index: number): [number, number, number] {
  const at = index * storedPerLine;
  return [numbers[at] ?? 0, numbers[at + 1] ?? 0, numbers[at + 2] ?? 0];
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
