import type { Logger } from '@batch-gpt/logging';

const SILENCE_MS = 10_000;

/** A listener for `error` events: the first is logged, then one line in ten seconds that counts what was left out. */
export function logRedisErrors(logger: Logger, facts: Readonly<Record<string, string>>): (error: Error) => void {
  let lastAt = -Infinity;
  let suppressed = 0;
  return (error) => {
    const now = performance.now();
    if (now - lastAt < SILENCE_MS) {
      suppressed += 1;
      return;
    }
    logger.warn('redis connection failed', { ...facts, suppressed, err: error });
    lastAt = now;
    suppressed = 0;
  };
}
