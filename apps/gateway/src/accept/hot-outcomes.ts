import { type RequestKey } from '@batch-gpt/contracts';
import { type RequestRecord } from '@batch-gpt/domain';

/** What an entry weighs beside its texts, in bytes; an estimate. */
const overhead = 1000;
/** A large outcome would push many small ones out. */
const largestShare = 16;

/** Stored outcomes that were asked for lately, in memory. */
export interface HotOutcomes {
  get(key: RequestKey): RequestRecord | undefined;
  /** Keeps shared successes only: everything else, and whose they are first, is decided by what the store says now. */
  put(record: RequestRecord): void;
  /** Something happened to these keys. */
  drop(keys: Iterable<RequestKey>): void;
}

export interface HotOutcomesOptions {
  /** 0 switches it off. */
  readonly maxBytes: number;
  /** After this long an entry is looked up again, in milliseconds. */
  readonly maxAge: number;
  readonly monotonic: () => number;
}

/** Keeps what was used last within a bound of bytes. A Map remembers the order of insertion: the first is the oldest. */
export function createHotOutcomes({ maxBytes, maxAge, monotonic }: HotOutcomesOptions): HotOutcomes {
  const entries = new Map<
    RequestKey,
    { readonly record: RequestRecord; readonly bytes: number; readonly since: number }
  >();
  let held = 0;

  const drop = (key: RequestKey) => {
    const entry = entries.get(key);
    if (entry === undefined) return;
    entries.delete(key);
    held -= entry.bytes;
  };
  return {
    get: (key) => {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (monotonic() - entry.since >= maxAge) {
        held -= entry.bytes;
        return undefined;
      }
      entries.set(key, entry);
      return entry.record;
    },
    put: (record) => {
      if (record.state !== 'done' || record.base !== null || !record.outcome.shareable) return;
      if (record.asksAnew && !record.delivered) return;
      // Two bytes a character at most, whatever the text holds.
      const bytes = overhead + 2 * record.outcome.body.length;
      if (bytes > maxBytes / largestShare) return;
      drop(record.key);
      entries.set(record.key, { record, bytes, since: monotonic() });
      held += bytes;
      for (const oldest of entries.keys()) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
    },
    drop: (keys) => {
      for (const key of keys) drop(key);
    },
  };
}
