/** Runs one call of a fake store, whole, or rejects because the store is away. */
export type RunCall = <T>(call: () => T) => Promise<T>;
