import type { CallRate, GrantedCalls } from './ports/call-rates.ts';

/** What is left of a rate; `at` in milliseconds of any one clock. */
export interface CallBucket {
  readonly tokens: number;
  readonly at: number;
}

const minute = 60_000;

/** Takes calls from a bucket that fills evenly and never holds more than a minute's worth; null is a full one. */
export function takeCalls(
  bucket: CallBucket | null,
  { perMinute }: Pick<CallRate, 'perMinute'>,
  wanted: number,
  now: number,
): GrantedCalls & { readonly bucket: CallBucket } {
  const filled = bucket === null ? perMinute : bucket.tokens + (Math.max(0, now - bucket.at) * perMinute) / minute;
  const held = Math.min(perMinute, filled);
  const granted = Math.min(wanted, Math.floor(held));
  const tokens = held - granted;
  return { granted, pause: pauseOf(tokens, perMinute), left: tokens, bucket: { tokens, at: now } };
}

function pauseOf(tokens: number, perMinute: number): number {
  if (perMinute === 0) return minute;
  return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) * minute) / perMinute);
}
