import { type GatewayClock } from '../gateway-clock.ts';

export interface ManualGatewayClock extends GatewayClock {
  /** Moves on, running what becomes due in order of time; what one starts runs before the next. */
  advance(ms: number): Promise<void>;
  /** How many timers are set. */
  pending(): number;
}

/** A clock that stands still until a test moves it. */
export function createManualGatewayClock(start: number): ManualGatewayClock {
  let passed = 0;
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  return {
    now: () => start + passed,
    monotonic: () => passed,
    after: (ms, run) => {
      const timer = { at: passed + ms, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => timers.size,
    async advance(ms) {
      const target = passed + ms;
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= target).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers.delete(next);
        passed = next.at;
        next.run();
        await new Promise((resolve) => setImmediate(resolve));
      }
      passed = target;
    },
  };
}
