import type { AccountId } from '@batch-gpt/contracts';

/** So many of something an hour for one account. */
export interface Budget {
  readonly account: AccountId;
  /** Creations of batches, and how many of them a search for a bad line may use up. */
  readonly kind: 'creations' | 'halvings';
  readonly perHour: number;
}

/**
 * Budgets that all processes share, as token buckets that start full. While they cannot be shared each process keeps to
 * a share of its own; no method rejects.
 */
export interface RateBudgets {
  /** Takes one and resolves with 0, or takes nothing and resolves with the milliseconds until there is one. */
  take(budget: Budget): Promise<number>;
  /** The milliseconds until there is one; takes nothing. */
  pause(budget: Budget): Promise<number>;
}
