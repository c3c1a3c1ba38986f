import type { TenantId } from '@batch-gpt/contracts';

/**
 * What calls came to that no batch line was made for.
 *
 * - `cache_hit`: a stored outcome answered; the tokens are those that it had cost.
 * - `shared_call`: it joined a request that was under way; the tokens are those that the answer had cost.
 * - `realtime`: it went past the batches; the tokens are those that it used.
 */
export const ledgerKinds = ['cache_hit', 'shared_call', 'realtime'] as const;
export type LedgerKind = (typeof ledgerKinds)[number];

/** Amounts of one tenant, model, day and kind. */
export interface LedgerEntry {
  readonly tenant: TenantId;
  readonly model: string;
  /** In UTC: `2026-11-24`. */
  readonly day: string;
  readonly kind: LedgerKind;
  readonly calls: number;
  readonly inputTokens: number;
  /** Those of the input tokens that the provider had cached. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
}

/** Which entries are read; the days are both included. */
export interface LedgerFilter {
  /** Null: those of all tenants. */
  readonly tenant: TenantId | null;
  readonly fromDay: string;
  readonly toDay: string;
}

/** Entries that one call may add. */
export const maxLedgerIncrements = 1000;

/**
 * Increments for what is no batch: batches carry their own totals. Throws AppError `store_unavailable` when the database
 * is away.
 */
export interface Ledger {
  /**
   * Adds every amount to that of its tenant, model, day and kind; {@link maxLedgerIncrements} at most. Not to be repeated
   * after an error: some or all of it may have been added.
   */
  add(increments: readonly LedgerEntry[]): Promise<void>;

  /** In order of day, tenant, model and kind, `limit` entries at most. */
  read(filter: LedgerFilter, limit: number): Promise<readonly LedgerEntry[]>;

  /** Removes at most `limit` entries of days before this one. Returns how many went. */
  removeBefore(day: string, limit: number): Promise<number>;
}
