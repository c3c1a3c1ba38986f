/** Time as the simulator sees it: milliseconds since the epoch and one-shot timers. */
export interface Clock {
  now(): number;
  after(ms: number, run: () => void): { cancel(): void };
}

/** Longest delay that setTimeout takes without firing at once. */
const longestTimer = 2_147_483_647;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, longestTimer));
    return { cancel: () => clearTimeout(timer) };
  },
};

/** Whole seconds since the epoch, as every time on the wire. */
export const seconds = (ms: number): number => Math.floor(ms / 1000);
