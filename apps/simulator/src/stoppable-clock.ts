import { type Clock } from './clock.ts';

/** A clock whose pending timers can all be dropped at once, so that nothing keeps the process alive. */
export interface StoppableClock extends Clock {
  stop(): void;
}

/** Wraps a clock; after `stop` no timer runs any more. */
export function createStoppableClock(clock: Clock): StoppableClock {
  const pending = new Set<{ cancel(): void }>();
  let stopped = false;
  return {
    now: () => clock.now(),
    after(ms, run) {
      if (stopped) return { cancel: () => undefined };
      const timer = clock.after(ms, () => {
        pending.delete(timer);
        run();
      });
      pending.add(timer);
      return {
        cancel() {
          pending.delete(timer);
          timer.cancel();
        },
      };
    },
    stop() {
      stopped = true;
      for (const timer of pending) timer.cancel();
      pending.clear();
    },
  };
}
