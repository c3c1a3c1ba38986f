import type { AccountId } from '@batch-gpt/contracts';
import type { BatchProvider, ProviderOf } from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import { createParkedAccount, type ParkedAccount } from './parked-account.ts';

/** An account that this process can work with. */
export interface WorkingAccount {
  readonly provider: BatchProvider;
  readonly account: ParkedAccount;
}

/** The accounts that this process has credentials for, as they are now. */
export interface WorkingAccounts {
  /** Null for an account that is not configured here, or not any more; the first time that is a warning in the log. */
  of(account: AccountId): WorkingAccount | null;
  /** All that can be worked with. */
  names(): readonly AccountId[];
}

/** What working accounts are made of. */
export interface WorkingAccountsDeps {
  readonly providerOf: ProviderOf;
  readonly names: () => readonly AccountId[];
  readonly monotonic: () => number;
  /** Milliseconds that a refused account rests. */
  readonly parkFor: number;
  readonly logger: Logger;
}

export function createWorkingAccounts(deps: WorkingAccountsDeps): WorkingAccounts {
  const { providerOf, names, monotonic, parkFor, logger } = deps;
  const known = new Map<AccountId, WorkingAccount>();
  const missing = new Set<AccountId>();

  const noteMissing = (account: AccountId) => {
    known.delete(account);
    if (missing.has(account)) return;
    missing.add(account);
    logger.warn('an account is not configured here, its batches wait', { account });
  };

  return {
    of: (account) => {
      const provider = providerOf(account);
      if (provider === null) {
        noteMissing(account);
        return null;
      }
      if (missing.delete(account)) logger.info('an account is configured again', { account });
      const before = known.get(account);
      if (before?.provider === provider) return before;
      // New credentials: what the provider answered to the old ones says nothing of them.
      const working = { provider, account: createParkedAccount(monotonic, parkFor) };
      known.set(account, working);
      return working;
    },
    names,
  };
}
