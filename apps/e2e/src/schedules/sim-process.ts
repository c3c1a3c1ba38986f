/*
 * One process of the system, as the operating system sees it.
 *
 *   running ── freeze ──▶ frozen ── its time is over ──▶ running
 *      └────── kill ────▶ dead: nothing of it ever goes on; what it had sent still arrives
 *
 * Its code acts on the world only through calls and timers, so both are where it stops and goes on.
 */
import type { Clock } from '@batch-gpt/domain';
import type { Random } from './random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SimProcess {
  readonly name: string;
  readonly clock: Clock;
  isAlive(): boolean;
  /** Runs something of this process: now, or when it is no longer frozen, or never. */
  resume(run: () => void): void;
  freeze(ms: number): void;
  kill(): void;
}

interface ProcessOptions {
  readonly name: string;
  readonly time: VirtualTime;
  readonly random: Random;
  /** What the wall clocks of a perfect world show at the start, in milliseconds since the epoch. */
  readonly epoch: number;
  readonly onDeath: (process: SimProcess) => void;
}

const minute = 60_000;

/** A process whose wall clock is up to a minute off and whose monotonic clock counts from anywhere. */
export function createSimProcess({ name, time, random, epoch, onDeath }: ProcessOptions): SimProcess {
  const skew = random.whole(-minute, minute);
  const uptime = random.whole(0, 1_000_000);
  // A suspended machine's monotonic clock stands still, that of a stopped process goes on.
  const suspends = random.chance(0.5);
  let frozenUntil = 0;
  let frozenFor = 0;
  let alive = true;

  const resume = (run: () => void): void => {
    if (!alive) return;
    const wait = frozenUntil - time.now();
    if (wait > 0) time.after(wait, () => resume(run));
    else run();
  };

  const process: SimProcess = {
    name,
    clock: {
      now: () => epoch + skew + Math.floor(time.now()),
      monotonic: () => uptime + time.now() - (suspends ? frozenFor : 0),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) {
            resolve();
            return;
          }
          const wake = () => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          signal.addEventListener('abort', wake);
          time.after(ms, () => resume(wake));
        }),
    },
    isAlive: () => alive,
    resume,
    freeze: (ms) => {
      const until = Math.max(frozenUntil, time.now() + Math.ceil(ms));
      frozenFor += until - Math.max(frozenUntil, time.now());
      frozenUntil = until;
    },
    kill: () => {
      if (!alive) return;
      alive = false;
      onDeath(process);
    },
  };
  return process;
}
