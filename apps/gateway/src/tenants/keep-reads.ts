/** Reads unless the same was read shortly before. */
export type KeptRead<V> = (name: string, read: () => Promise<V>) => Promise<V>;

/**
 * Gives what was read under a name less than `maxAge` milliseconds ago; calls that come meanwhile share one read. A
 * failure is not kept.
 */
export function keepReads<V>(maxAge: number, monotonic: () => number): KeptRead<V> {
  const kept = new Map<string, { readonly at: number; readonly value: Promise<V> }>();
  const isOld = ({ at }: { readonly at: number }, now: number) => now - at >= maxAge;

  return async (name, read) => {
    const now = monotonic();
    const found = kept.get(name);
    if (found !== undefined && !isOld(found, now)) return found.value;
    for (const [other, entry] of kept) if (isOld(entry, now)) kept.delete(other);
    const entry = { at: now, value: read() };
    kept.set(name, entry);
    try {
      return await entry.value;
    } catch (error) {
      if (kept.get(name) === entry) kept.delete(name);
      throw error;
    }
  };
}
