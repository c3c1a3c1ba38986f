/** What happened to one custom id. */
export interface KeyCounts {
  /** Lines with this id that ran. */
  readonly runs: number;
  readonly billed: number;
  /** Rows with this id that were sent whole to somebody who downloaded a result file, each download counted. */
  readonly delivered: number;
}

/** Counts for each custom id, three of them in one number: about a hundred bytes an id. */
export interface KeyCountTable {
  get(customId: string): KeyCounts;
  /** Adds one to some counts and returns those from before; null for a new id when the table is full. */
  add(customId: string, what: readonly (keyof KeyCounts)[]): KeyCounts | null;
  /** Sets the counts of an id, unless it is new and the table full. */
  set(customId: string, counts: KeyCounts): void;
  /** In the order in which the ids were first seen. */
  entries(): IteratorObject<KeyCounts & { readonly customId: string }>;
  size(): number;
}

/** Sixteen bits a count, so that three fit into the 53 of a number; a count that is full stays there. */
const units: Readonly<Record<keyof KeyCounts, number>> = { runs: 1, billed: 2 ** 16, delivered: 2 ** 32 };
const most = 2 ** 16 - 1;

/** Makes an empty table of at most `limit` ids. */
export function createKeyCountTable(limit: number): KeyCountTable {
  const packed = new Map<string, number>();
  return {
    get: (customId) => unpack(packed.get(customId) ?? 0),
    add(customId, what) {
      const before = packed.get(customId);
      if (before === undefined && packed.size >= limit) return null;
      const counts = unpack(before ?? 0);
      const more = what.filter((name) => counts[name] < most).reduce((sum, name) => sum + units[name], 0);
      packed.set(customId, (before ?? 0) + more);
      return counts;
    },
    set(customId, { runs, billed, delivered }) {
      if (!packed.has(customId) && packed.size >= limit) return;
      packed.set(customId, runs * units.runs + billed * units.billed + delivered * units.delivered);
    },
    entries: () => packed.entries().map(([customId, counts]) => ({ customId, ...unpack(counts) })),
    size: () => packed.size,
  };
}

const unpack = (packed: number): KeyCounts => ({
  runs: packed % units.billed,
  billed: Math.floor(packed / units.billed) % units.billed,
  delivered: Math.floor(packed / units.delivered),
});
