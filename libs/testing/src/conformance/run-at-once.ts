/** Starts `count` calls in one turn and gathers what each of them answered. */
export function runAtOnce<T>(count: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)));
}

/** How often every value occurs over all sets. */
export function countWins<T>(sets: readonly ReadonlySet<T>[]): Map<T, number> {
  const wins = new Map<T, number>();
  for (const value of sets.flatMap((set) => [...set])) wins.set(value, (wins.get(value) ?? 0) + 1);
  return wins;
}
