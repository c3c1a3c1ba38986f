/** So many of something an hour, in one process; a token bucket that starts full. */
export interface RateBudget {
  /** Takes one and returns 0, or returns the milliseconds until there is one. */
  take(): number;
}

const hour = 3_600_000;

export function createRateBudget(perHour: number, monotonic: () => number): RateBudget {
  let tokens = perHour;
  let filledAt = monotonic();
  return {
    take: () => {
      const now = monotonic();
      tokens = Math.min(perHour, tokens + ((now - filledAt) * perHour) / hour);
      filledAt = now;
      if (tokens < 1) return Math.ceil(((1 - tokens) * hour) / perHour);
      tokens -= 1;
      return 0;
    },
  };
}
