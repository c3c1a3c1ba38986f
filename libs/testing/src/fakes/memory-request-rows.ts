import type { RequestKey } from '@batch-gpt/contracts';
import type { RequestRecord } from '@batch-gpt/domain';

/** A request as the memory stores keep it. */
export interface MemoryRow {
  readonly record: RequestRecord;
  /** Null once it ended. */
  readonly body: string | null;
  /** Eviction passes it over until then. */
  readonly namedUntil?: number;
}

/** All requests: what the ports on them share. */
export type MemoryRequestRows = Map<RequestKey, MemoryRow>;

/** The order of keys and ids in every store. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The order of a tenant's requests: oldest first, ties by key. */
export function oldestFirst(a: RequestRecord, b: RequestRecord): number {
  return a.acceptedAt - b.acceptedAt || compareTexts(a.key, b.key);
}
