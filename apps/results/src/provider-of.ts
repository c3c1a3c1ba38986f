import type { BatchRecord } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { ReadingProvider, ResultsDeps } from './results-deps.ts';

/**
 * The provider as the batch's account sees it. Throws AppError `account_not_configured` where this process does not
 * have the account: the batch waits, and the sweep brings it back to whoever may have it then.
 */
export function providerOf(deps: Pick<ResultsDeps, 'providerOf'>, { account }: BatchRecord): ReadingProvider {
  const provider = deps.providerOf(account);
  if (provider !== null) return provider;
  const message = `Provider account ${account}, which paid for this batch, is not configured here.`;
  throw new AppError('account_not_configured', message, { details: { account } });
}
