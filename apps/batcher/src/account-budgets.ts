import type { AccountId } from '@batch-gpt/contracts';
import type { Budget, RateBudgets } from '@batch-gpt/domain';

/** OpenAI's limit of batch creations; and how many of them a search for a bad line may use up. */
export const defaultRates = { creations: 2000, halvings: 100 } as const;

/**
 * What an account may do in an hour, over all batchers. A provider refuses more creations than it allows, and one that
 * refuses everything must not be asked a hundred thousand times.
 */
export interface AccountBudgets {
  /** Takes one and resolves with 0, or takes nothing and resolves with the milliseconds until there is one. */
  take(account: AccountId, kind: Budget['kind']): Promise<number>;
  /** The milliseconds until there is one; takes nothing. */
  pause(account: AccountId, kind: Budget['kind']): Promise<number>;
}

export function createAccountBudgets(
  shared: RateBudgets,
  perHour: (account: AccountId, kind: Budget['kind']) => number = (_, kind) => defaultRates[kind],
): AccountBudgets {
  const budget = (account: AccountId, kind: Budget['kind']): Budget => ({
    account,
    kind,
    perHour: perHour(account, kind),
  });
  return {
    take: (account, kind) => shared.take(budget(account, kind)),
    pause: (account, kind) => shared.pause(budget(account, kind)),
  };
}
