import { AppError } from '@batch-gpt/errors';
import { type GatewayClock } from '../gateway-clock.ts';

/** What the work gives, or AppError `store_unavailable` once `ms` milliseconds are over; the work itself goes on. */
export async function withDeadline<T>(work: Promise<T>, ms: number, clock: GatewayClock): Promise<T> {
  const late = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () =>
    late.reject(new AppError('store_unavailable', 'The database did not answer in time; try again shortly.')),
  );
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    cancel();
  }
}
