import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '@batch-gpt/domain';
import { sampleTime } from './samples.ts';

export interface ManualClock extends Clock {
  /** Moves both clocks on, waking sleepers in the order of their times; what one wakes runs before the next wakes. */
  advance(ms: number): Promise<void>;
  /** Lets the wall clock alone jump, forwards or backwards; wakes nobody. */
  jump(ms: number): void;
  /** How many sleep now. */
  sleeping(): number;
  /** Resolves once at least `count` sleep. */
  untilSleeping(count: number): Promise<void>;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A clock that stands still until a test moves it; starts at `start` milliseconds since the epoch. */
export function createManualClock(start: number = sampleTime): ManualClock {
  let passed = 0;
  let jumped = 0;
  const sleepers = new Set<Sleeper>();
  const watchers = new Set<{ readonly count: number; readonly notice: () => void }>();

  const fallAsleep = (sleeper: Sleeper) => {
    sleepers.add(sleeper);
    for (const watcher of watchers) {
      if (sleepers.size < watcher.count) continue;
      watchers.delete(watcher);
      watcher.notice();
    }
  };

  const nextDue = (until: number): Sleeper | undefined =>
    [...sleepers].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];

  return {
    now: () => start + passed + jumped,
    monotonic: () => passed,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const wake = () => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper = { at: passed + ms, wake };
        signal.addEventListener('abort', wake);
        fallAsleep(sleeper);
      }),
    async advance(ms) {
      const target = passed + ms;
      await nextTurn();
      for (let due = nextDue(target); due; due = nextDue(target)) {
        passed = Math.max(passed, due.at);
        due.wake();
        await nextTurn();
      }
      passed = target;
    },
    jump: (ms) => {
      jumped += ms;
    },
    sleeping: () => sleepers.size,
    untilSleeping: (count) =>
      new Promise((resolve) => {
        if (sleepers.size >= count) resolve();
        else watchers.add({ count, notice: resolve });
      }),
  };
}
