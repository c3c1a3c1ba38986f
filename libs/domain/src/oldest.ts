/**
 * The oldest of many, from one owner after another, each of whom gives his oldest first. Every page lowers the bound for
 * the next, so that many owners together are asked for little more than `limit`.
 */
export interface Oldest<T> {
  readonly limit: number;
  /** Only what is older than this can still be among them: a time, as of the pages. */
  before(): number;
  /** Takes the oldest of an owner that are older than {@link before}; at most `limit` of them are needed. */
  add(page: readonly T[]): void;
  /** At most `limit`, oldest first. */
  found(): readonly T[];
}

/** Collects the oldest that are older than `before`. */
export function createOldest<T>(before: number, limit: number, timeOf: (item: T) => number): Oldest<T> {
  let found: readonly T[] = [];
  return {
    limit,
    before: () => {
      const last = found.length < limit ? undefined : found.at(-1);
      return last === undefined ? before : timeOf(last);
    },
    add: (page) => {
      if (page.length > 0) found = [...found, ...page].toSorted((a, b) => timeOf(a) - timeOf(b)).slice(0, limit);
    },
    found: () => found,
  };
}
