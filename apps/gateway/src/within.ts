import { AppError } from '@batch-gpt/errors';
import { type GatewayClock } from './gateway-clock.ts';

/** What work on the store gives, or AppError `store_unavailable` when it takes too long; the work itself goes on. */
export type Within = <T>(work: Promise<T>) => Promise<T>;

/** Bounds every call of the store by `ms` milliseconds: a database that hangs must not hang its callers. */
export function createWithin(ms: number, clock: Pick<GatewayClock, 'after'>): Within {
  return async <T>(work: Promise<T>) => {
    const late = Promise.withResolvers<never>();
    const cancel = clock.after(ms, () =>
      late.reject(new AppError('store_unavailable', 'The database did not answer in time; try again shortly.')),
    );
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      cancel();
    }
  };
}
