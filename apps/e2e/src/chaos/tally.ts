/** Counts by name. */
export interface Tally {
  readonly add: (name: string, by?: number) => void;
  readonly total: () => number;
  readonly of: (name: string) => number;
  /** `name 3, other 1`, the most frequent first; `none` when empty. */
  readonly text: () => string;
}

/** Starts with nothing counted. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add: (name, by = 1) => {
      if (by > 0) counts.set(name, (counts.get(name) ?? 0) + by);
    },
    total: () => counts.values().reduce((sum, count) => sum + count, 0),
    of: (name) => counts.get(name) ?? 0,
    text: () => {
      const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
      return sorted.length === 0 ? 'none' : sorted.map(([name, count]) => `${name} ${count}`).join(', ');
    },
  };
}
