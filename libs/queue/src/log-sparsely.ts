import type { LogFields, Logger } from '@batch-gpt/logging';

const SILENCE_MS = 10_000;

/** A listener for `error` events: the first is logged as a warning, then one line in ten seconds that counts what was left out. */
export function logSparsely(logger: Logger, message: string, facts: LogFields = {}): (error: Error) => void {
  let lastAt = -Infinity;
  let suppressed = 0;
  return (error) => {
    const now = performance.now();
    if (now - lastAt < SILENCE_MS) {
      suppressed += 1;
      return;
    }
    logger.warn(message, { ...facts, suppressed, err: error });
    lastAt = now;
    suppressed = 0;
  };
}
