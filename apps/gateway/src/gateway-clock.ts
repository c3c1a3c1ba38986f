import { type Clock } from '@batch-gpt/domain';

/** Time as the gateway sees it: thousands of connections share timers, so those are callbacks and not promises. */
export interface GatewayClock extends Pick<Clock, 'now' | 'monotonic'> {
  /** Runs once after `ms` milliseconds; the result takes it back. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: GatewayClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
