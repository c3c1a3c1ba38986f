import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait for a condition, in milliseconds. */
export interface EventuallyOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** Calls `condition` until it neither throws nor gives false, and returns what it gave; after the time, the last reason is thrown. */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 45_000, intervalMs = 20 }: EventuallyOptions = {},
): Promise<Exclude<T, false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await attempt(condition);
    if ('value' in outcome) return outcome.value;
    if (performance.now() >= deadline) {
      throw new Error(`not within ${timeoutMs} ms: ${outcome.reason.message}`, { cause: outcome.reason });
    }
    await delay(intervalMs);
  }
}

async function attempt<T>(condition: () => T | Promise<T>): Promise<{ value: Exclude<T, false> } | { reason: Error }> {
  try {
    const value = await condition();
    if (value === false) return { reason: new Error('the condition is false') };
    return { value: value as Exclude<T, false> };
  } catch (error) {
    return { reason: error instanceof Error ? error : new Error(String(error)) };
  }
}
