/*
 * Whether the account may upload and create. A 401, 403, quota or billing answer parks it; one success opens it.
 *
 *   open ── park ──▶ parked for `parkFor` ── over ──▶ trying ── park ──▶ parked again, since the first time
 *    ▲                                                   │
 *    └──────────────────── works ────────────────────────┘
 */
import type { FailureCause } from '@batch-gpt/domain';

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
}

export function createParkedAccount(monotonic: () => number, parkFor: number): ParkedAccount {
  let current: { readonly cause: FailureCause; readonly since: number; readonly until: number } | null = null;
  return {
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
