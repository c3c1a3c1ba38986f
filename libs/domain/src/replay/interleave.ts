/** Takes one from each in turn until all are at their end. */
export function* interleave<T>(sources: readonly Iterable<T>[]): Generator<T, undefined> {
  let open = sources.map((source) => source[Symbol.iterator]());
  while (open.length > 0) {
    const left: Iterator<T>[] = [];
    for (const source of open) {
      const next = source.next();
      if (next.done === true) continue;
      yield next.value;
      left.push(source);
    }
    open = left;
  }
}
