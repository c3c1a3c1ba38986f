/** What is left of a budget; `at` in milliseconds of any one clock. Below zero when more was taken than there was. */
export interface TokenBucket {
  readonly tokens: number;
  readonly at: number;
}

const hour = 3_600_000;

/** A full bucket. */
export const fullBucket = (perHour: number, now: number): TokenBucket => ({ tokens: perHour, at: now });

/** The bucket as it is now: it fills evenly and never holds more than an hour's worth. */
export function refill({ tokens, at }: TokenBucket, perHour: number, now: number): TokenBucket {
  return { tokens: Math.min(perHour, tokens + (Math.max(0, now - at) * perHour) / hour), at: now };
}

/** Milliseconds until a bucket that nobody takes from holds one. */
export function pauseOf({ tokens }: TokenBucket, perHour: number): number {
  return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * hour) / perHour);
}
