import { type AppError } from './app-error.ts';

const DEFAULT_PAUSE_MS = { later: 5_000, now: 1_000 } as const;

// The Node SDK ignores a pause above 60 s and the Python SDK gives up above 120 s (their retry sources).
const LONGEST_PAUSE_MS = 60_000;

/**
 * The headers that steer OpenAI's SDKs: they obey `x-should-retry` before they look at the status (alone they would
 * repeat 409), then `retry-after-ms`, then `retry-after` in seconds.
 */
export function errorHeaders(error: AppError): Record<string, string> {
  const { retry } = error.rule;
  if (retry === 'never') return { 'x-should-retry': 'false' };
  const wanted = error.retryAfterMs ?? DEFAULT_PAUSE_MS[retry];
  const pauseMs = Math.min(Math.max(Math.round(wanted), 0), LONGEST_PAUSE_MS);
  return {
    'x-should-retry': 'true',
    'retry-after-ms': String(pauseMs),
    'retry-after': String(Math.ceil(pauseMs / 1_000)),
  };
}
