/*
 * Whether the account may upload and create. A 401, 403, quota or billing answer parks it; one success opens it. Creates
 * and halvings have budgets of so many an hour, for each batcher: the provider refuses more creates than 2,000 an hour,
 * and a provider that refuses everything must not be asked a hundred thousand times.
 *
 *   open ── park ──▶ parked for `parkFor` ── over ──▶ trying ── park ──▶ parked again, since the first time
 *    ▲                                                   │
 *    └──────────────────── works ────────────────────────┘
 */
import type { FailureCause } from '@batch-gpt/domain';
import { createRateBudget, type RateBudget } from './rate-budget.ts';

/** Why an account rests. Times in milliseconds. */
export interface Parking {
  readonly cause: FailureCause;
  /** Until the next try. */
  readonly remaining: number;
  /** Since the first refusal without a success in between. */
  readonly parkedFor: number;
}

export interface ParkedAccount {
  park(cause: FailureCause): void;
  /** Something was taken by the provider: the account is open. */
  works(): void;
  /** Null while the account may be tried. */
  parked(): Parking | null;
  readonly creations: RateBudget;
  readonly halvings: RateBudget;
}

/** OpenAI's limit of batch creations; and how many of them a search for a bad line may use up. */
export const defaultRates = { creationsPerHour: 2000, halvingsPerHour: 100 } as const;

export function createParkedAccount(
  monotonic: () => number,
  parkFor: number,
  rates: { readonly creationsPerHour: number; readonly halvingsPerHour: number } = defaultRates,
): ParkedAccount {
  let current: { readonly cause: FailureCause; readonly since: number; readonly until: number } | null = null;
  return {
    creations: createRateBudget(rates.creationsPerHour, monotonic),
    halvings: createRateBudget(rates.halvingsPerHour, monotonic),
    park: (cause) => {
      const now = monotonic();
      current = { cause, since: current?.since ?? now, until: now + parkFor };
    },
    works: () => {
      current = null;
    },
    parked: () => {
      if (current === null) return null;
      const now = monotonic();
      if (now >= current.until) return null;
      return { cause: current.cause, remaining: current.until - now, parkedFor: now - current.since };
    },
  };
}
