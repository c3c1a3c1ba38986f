/*
 * Open client connections by the key whose outcome they wait for.
 *
 *   deciding ── arm() ──▶ armed ── end() ──▶ ended
 *      │                                       ▲
 *      └───────────── end(), release() ────────┘
 *
 * A waiter is registered before its key is looked up, so that no announcement falls between the two. While it is
 * deciding it may not be answered (the row may hold an outcome that this call refuses); what was announced meanwhile is
 * remembered and looked up again when it is armed.
 */
import { type RequestKey } from '@batch-gpt/contracts';
import { type FailureCause, type RequestRecord } from '@batch-gpt/domain';
import { type CollectedRecord } from './find-troubles.ts';

/** An ended request. */
export type DoneRecord = Extract<RequestRecord, { state: 'done' }>;

/** How waiting ended. */
export type WaitEnd =
  | { readonly kind: 'outcome'; readonly record: DoneRecord }
  /** Nobody can say when its batch will end. */
  | { readonly kind: 'trouble'; readonly record: CollectedRecord; readonly cause: FailureCause }
  | { readonly kind: 'lost' | 'cancelled' | 'limit' | 'draining' | 'disconnected' };

/** One open connection. */
export interface Waiter {
  readonly key: RequestKey;
  /** Monotonic milliseconds. */
  readonly since: number;
  /** Resolves once, with the first end. */
  readonly ended: Promise<WaitEnd>;
  /** The row as last seen; null while deciding. */
  readonly seen: RequestRecord | null;
  /** May be answered from now on, but not by an outcome of that moment, which the call refused, or the row's old one. */
  arm(record: RequestRecord, notDoneAt: number | null): void;
  end(how: WaitEnd): void;
}

/** What a look-up found for an armed waiter. */
export interface WaiterEntry extends Waiter {
  readonly armed: boolean;
  /** Notes the row; ends the waiter if it has an outcome for it, or is gone. */
  look(record: RequestRecord | undefined): void;
  /** Something was announced while it was deciding. */
  remindWhenArmed(): void;
}

/** Every waiter of this process. */
export interface Waiters {
  readonly size: number;
  register(key: RequestKey): Waiter;
  of(key: RequestKey): readonly WaiterEntry[];
  has(key: RequestKey): boolean;
  /** Keys with a waiter that is at least `age` milliseconds old. */
  keysOlderThan(age: number): readonly RequestKey[];
  /** Ends every waiter, and every later one at once. */
  drain(): void;
}

export interface WaitersOptions {
  readonly monotonic: () => number;
  /** Asks for a look at a key. */
  readonly recheck: (key: RequestKey) => void;
  /** Whether a row that a waiter joins had better be looked at at once: its batch may be in trouble for long. */
  readonly suspects: (record: RequestRecord) => boolean;
}

/** Creates the registry; its size is bounded by admission. */
export function createWaiters({ monotonic, recheck, suspects }: WaitersOptions): Waiters {
  const byKey = new Map<RequestKey, Set<WaiterEntry>>();
  let size = 0;
  let draining = false;

  const remove = (waiter: WaiterEntry) => {
    const those = byKey.get(waiter.key);
    if (those?.delete(waiter) !== true) return;
    size -= 1;
    if (those.size === 0) byKey.delete(waiter.key);
  };

  return {
    get size() {
      return size;
    },
    register: (key) => {
      const waiter = createWaiter({ key, since: monotonic(), recheck, suspects, remove: () => remove(waiter) });
      const those = byKey.get(key);
      if (those) those.add(waiter);
      else byKey.set(key, new Set([waiter]));
      size += 1;
      if (draining) waiter.end({ kind: 'draining' });
      return waiter;
    },
    of: (key) => [...(byKey.get(key) ?? [])],
    has: (key) => byKey.has(key),
    keysOlderThan: (age) => {
      const born = monotonic() - age;
      return [...byKey].filter(([, those]) => [...those].some(({ since }) => since <= born)).map(([key]) => key);
    },
    drain: () => {
      draining = true;
      for (const those of [...byKey.values()]) for (const waiter of [...those]) waiter.end({ kind: 'draining' });
    },
  };
}

interface NewWaiter extends Pick<WaitersOptions, 'recheck' | 'suspects'> {
  readonly key: RequestKey;
  readonly since: number;
  readonly remove: () => void;
}

function createWaiter({ key, since, recheck, suspects, remove }: NewWaiter): WaiterEntry {
  const { promise: ended, resolve } = Promise.withResolvers<WaitEnd>();
  let seen: RequestRecord | null = null;
  let refused: number | null = null;
  let armed = false;
  let reminded = false;

  const end = (how: WaitEnd) => {
    remove();
    resolve(how);
  };
  return {
    key,
    since,
    ended,
    get seen() {
      return seen;
    },
    get armed() {
      return armed;
    },
    arm: (record, notDoneAt) => {
      seen = record;
      refused = notDoneAt ?? record.outcome?.at ?? null;
      armed = true;
      if (reminded || suspects(record)) recheck(key);
    },
    remindWhenArmed: () => {
      reminded = true;
    },
    look: (record) => {
      if (record === undefined) {
        end({ kind: 'lost' });
        return;
      }
      seen = record;
      if (record.state !== 'done') return;
      // Ended with what it had before: nobody asks for another outcome any more.
      if (record.doneAt === refused) end({ kind: 'cancelled' });
      else end({ kind: 'outcome', record });
    },
    end,
  };
}
