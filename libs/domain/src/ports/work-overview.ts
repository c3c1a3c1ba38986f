import type { BatchId, GroupId, TenantId } from '@batch-gpt/contracts';
import type { BatchRecord, UnusedTokens } from '../batch.ts';
import type { Place } from './request-search.ts';

/** A group with requests that wait for a batch. */
export interface PendingGroup {
  readonly group: GroupId;
  readonly pending: number;
  /** More wait than were counted. */
  readonly isMore: boolean;
  /** Milliseconds since the epoch. */
  readonly oldestAcceptedAt: number;
}

/** What settled batches of one tenant, model and last status came to on one day. */
export interface SettledSum {
  /** The day on which they settled, in UTC: `2026-11-24`. */
  readonly day: string;
  readonly tenant: TenantId;
  readonly model: string;
  /** What the provider last said; of a batch that it never knew `cancelled` or `failed`. */
  readonly status: string;
  readonly batches: number;
  readonly lines: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly sentAgain: number;
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** As in a batch's billed totals; left out: none. */
  readonly lost?: number;
  readonly unused?: UnusedTokens;
}

/**
 * What all tenants have under way and had settled, for operators; nothing here costs more for every stored request.
 * Throws AppError `store_unavailable` when the database is away.
 */
export interface WorkOverview {
  /** Groups with accepted requests, in order of their id; at least one of each is counted, and `atMost` of all together. */
  pendingGroups(limit: number, atMost: number): Promise<readonly PendingGroup[]>;

  /** Sums over batches that settled at `from` or later and before `to`. */
  settledSums(from: number, to: number): Promise<readonly SettledSum[]>;

  /** Settled batches, those that settled last first (updatedAt, then id), that come after this place. */
  settledBatches(place: Place<BatchId> | null, limit: number): Promise<readonly BatchRecord[]>;
}
