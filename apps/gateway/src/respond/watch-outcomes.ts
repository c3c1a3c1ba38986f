/*
 * Looks up the keys that have waiters and ends those waiters whose outcome is stored, or whose batch
 * is in trouble.
 *
 * Keys become due by an announcement, by a resync of the channel, by the slow sweep, or by a waiter that was armed after
 * an announcement. One loop takes due keys in chunks; a failed look-up keeps its keys due and pauses. So an announcement
 * that is lost, doubled or early changes when a waiter is answered, never whether.
 */
import { setImmediate } from 'node:timers/promises';
import { type RequestKey } from '@batch-gpt/contracts';
import { type BatchStore, type RequestRecord, type RequestStore } from '@batch-gpt/domain';
import { toAppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';
import { findTroubles, isCollected } from './find-troubles.ts';
import { type WaiterEntry, type Waiters } from './waiters.ts';

/** Most keys of one look-up, and most waiters answered before the event loop gets its turn. */
const chunk = 500;
const pauseAfterFailure = 1000;

export interface OutcomeWatch extends AsyncDisposable {
  /** These keys may have an outcome now; those without a waiter are ignored. */
  look(keys: readonly RequestKey[]): void;
  /** Announcements may have been missed: look at every waiter. */
  resync(): void;
}

export interface WatchOutcomesOptions {
  readonly requests: Pick<RequestStore, 'lookup'>;
  readonly batches: Pick<BatchStore, 'getMany'>;
  readonly waiters: Waiters;
  /** Resolves when what was found so far has room to be written. */
  readonly allServed: () => Promise<void>;
  readonly within: Within;
  readonly clock: GatewayClock;
  readonly logger: Logger;
  /** The slow sweep, in milliseconds: how often, and how old a waiter has to be. */
  readonly sweepEvery: number;
}

/** Starts watching; disposal waits for the look-up that runs. */
export function watchOutcomes({
  requests,
  batches,
  waiters,
  allServed,
  within,
  clock,
  logger,
  sweepEvery,
}: WatchOutcomesOptions): OutcomeWatch {
  const due = new Set<RequestKey>();
  let running: Promise<void> | null = null;
  let stopped = false;
  let cancelPause: (() => void) | null = null;

  const makeDue = (keys: Iterable<RequestKey>) => {
    for (const key of keys) if (waiters.has(key)) due.add(key);
    if (due.size === 0 || running !== null || cancelPause !== null || stopped) return;
    running = answerDue().finally(() => {
      running = null;
      // Keys that became due since the loop's last look at them found it still running.
      makeDue([]);
    });
  };

  const answerDue = async () => {
    // Keys that are announced in this turn of the event loop share one look-up.
    await setImmediate();
    while (due.size > 0 && !stopped) {
      await allServed();
      const keys = [...due].slice(0, chunk);
      for (const key of keys) due.delete(key);
      try {
        await answerThose(keys);
      } catch (err) {
        pause(keys, err);
        return;
      }
    }
  };

  const answerThose = async (keys: readonly RequestKey[]) => {
    const armed = keys.flatMap((key) => armedWaiters(waiters.of(key)));
    if (armed.length === 0) return;
    const { rows, rest } = await within(requests.lookup(keys));
    // Those answered now can let go of their outcomes before the rest is read.
    for (const key of rest) due.add(key);
    const later = new Set(rest);
    const told = armed.filter(({ key }) => !later.has(key));
    for (const [index, waiter] of told.entries()) {
      waiter.look(rows.get(waiter.key));
      if (index % chunk === chunk - 1) await setImmediate();
    }
    await setImmediate();
    await tellTroubles(told, rows);
  };

  /** A row that is still in its batch when it is looked at: most batches are well, and one read says so for all. */
  const tellTroubles = async (armed: readonly WaiterEntry[], rows: ReadonlyMap<RequestKey, RequestRecord>) => {
    const troubles = await findTroubles([...rows.values()].filter(isCollected), { batches, within });
    if (troubles.size === 0) return;
    for (const waiter of armed) {
      const record = rows.get(waiter.key);
      const cause = isCollected(record) ? troubles.get(record.batchId) : undefined;
      if (isCollected(record) && cause !== undefined) waiter.end({ kind: 'trouble', record, cause });
    }
  };

  const pause = (keys: readonly RequestKey[], err: unknown) => {
    logger[toAppError(err).rule.level]('outcomes could not be looked up', { err, keys: keys.length });
    for (const key of keys) due.add(key);
    cancelPause = clock.after(pauseAfterFailure, () => {
      cancelPause = null;
      makeDue([]);
    });
  };

  let cancelSweep = clock.after(sweepEvery, sweep);
  function sweep(): void {
    makeDue(waiters.keysOlderThan(sweepEvery));
    cancelSweep = clock.after(sweepEvery, sweep);
  }

  return {
    look: makeDue,
    resync: () => makeDue(waiters.keysOlderThan(0)),
    async [Symbol.asyncDispose]() {
      stopped = true;
      cancelSweep();
      cancelPause?.();
      await running;
    },
  };
}

/** Only waiters that were armed before the look-up began may believe it. */
function armedWaiters(those: readonly WaiterEntry[]): readonly WaiterEntry[] {
  for (const waiter of those) if (!waiter.armed) waiter.remindWhenArmed();
  return those.filter((waiter) => waiter.armed);
}
