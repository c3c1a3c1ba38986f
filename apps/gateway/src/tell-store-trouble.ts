import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from './gateway-clock.ts';
import { type Within } from './within.ts';

/** How long the store has to answer everything before a trouble is over, in milliseconds. */
const quiet = 10_000;

/**
 * Says once when the store begins to fail its calls, and once when it is over: a call succeeded, and none failed for a
 * while. So a database that comes and goes, or fails one call in two, writes two lines at most in that time.
 */
export function tellStoreTrouble(
  within: Within,
  { monotonic }: Pick<GatewayClock, 'monotonic'>,
  logger: Logger,
): Within {
  let trouble: { readonly since: number; lastAt: number; failed: number } | null = null;

  const failed = (err: unknown) => {
    if (!AppError.is(err, 'store_unavailable')) return;
    if (trouble === null) logger.warn('the store does not answer, calls are told to come again', { err });
    trouble ??= { since: monotonic(), lastAt: 0, failed: 0 };
    trouble.lastAt = monotonic();
    trouble.failed += 1;
  };
  const succeeded = () => {
    if (trouble === null || monotonic() - trouble.lastAt < quiet) return;
    const { since, lastAt, failed: count } = trouble;
    logger.info('the store answers again', { failed: count, forMs: Math.round(lastAt - since) });
    trouble = null;
  };
  return async (work) => {
    try {
      const result = await within(work);
      succeeded();
      return result;
    } catch (err) {
      failed(err);
      throw err;
    }
  };
}
