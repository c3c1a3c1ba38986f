import type { TenantId } from '@batch-gpt/contracts';
import type { SettledSum } from './work-overview.ts';

/** What settled batches of one model were billed on one day. */
export interface BilledUsage {
  /** The day on which they settled, in UTC: `2026-11-24`. */
  readonly day: string;
  readonly model: string;
  readonly inputTokens: number;
  /** Those of the input tokens that the provider had cached. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/**
 * What a tenant has under way, and what it was billed: for limits, which are checked with every new request, so both
 * have to be answered from an index. Throws AppError `store_unavailable` when the database is away.
 */
export interface TenantUsage {
  /** How many of the tenant's requests are `accepted` or `collected`; counts no further than `atMost`. */
  pendingOf(tenant: TenantId, atMost: number): Promise<number>;

  /**
   * What the tenant's batches were billed that settled on `sinceDay` or later, a row for each day and model. The day is
   * that of `updatedAt` of a batch in state `settled`, which is when its billed totals were stored.
   */
  spendOf(tenant: TenantId, sinceDay: string): Promise<readonly BilledUsage[]>;

  /** Sums over the tenant's batches that settled on these days, both included; the day is as in `spendOf`. */
  settledOf(tenant: TenantId, fromDay: string, toDay: string): Promise<readonly SettledSum[]>;
}
