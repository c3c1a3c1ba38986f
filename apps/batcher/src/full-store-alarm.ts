import type { Clock } from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';

/** Says that the store stays fuller than is allowed: when that begins, now and then while it lasts, and when it is over. */
export interface FullStoreAlarm {
  /** It is too full, and nothing may go. */
  raise(): void;
  /** It is not too full. */
  clear(): void;
}

const repeatAfter = 600_000;

export function createFullStoreAlarm(
  clock: Pick<Clock, 'monotonic'>,
  logger: Pick<Logger, 'info' | 'warn'>,
): FullStoreAlarm {
  let raisedAt: number | null = null;
  return {
    raise: () => {
      const now = clock.monotonic();
      if (raisedAt !== null && now - raisedAt < repeatAfter) return;
      raisedAt = now;
      logger.warn('the store is fuller than allowed and holds nothing that may go');
    },
    clear: () => {
      if (raisedAt === null) return;
      raisedAt = null;
      logger.info('the store is not fuller than allowed any more');
    },
  };
}
