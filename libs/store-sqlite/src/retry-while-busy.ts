import { isBusy } from './map-error.ts';

const pause = 1;

/**
 * Does something again and again while other processes hold the file, at most `busyTimeout` milliseconds; blocks its
 * thread. SQLite's own waiting sleeps up to 100 ms between looks and starves beside a process that writes all the
 * time, so connections are given little of it.
 */
export function retryWhileBusy<T>(busyTimeout: number, work: () => T): T {
  const deadline = performance.now() + busyTimeout;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}
