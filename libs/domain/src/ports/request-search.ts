import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import type { RequestSummary } from '../request.ts';

/** A place in a list that goes by time, latest first, ties by id: what comes after it is older. */
export interface Place<Id extends string> {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly id: Id;
}

/**
 * Requests of all tenants, for operators: without the texts of bodies and outcomes, on the indexes that are there
 * anyway. A method reads no more rows than it gives. Throws AppError `store_unavailable` when the database is away.
 */
export interface RequestSearch {
  /** Those whose key begins like this, in order of key; `after` is the last one of the page before. */
  keyedLike(beginning: string, after: RequestKey | null, limit: number): Promise<readonly RequestSummary[]>;

  /** Tenants that have requests, in order, after `after`. */
  tenants(after: TenantId | null, limit: number): Promise<readonly TenantId[]>;

  /** A tenant's requests, newest first (acceptedAt, then key), that come after this place and are not older than `since`. */
  acceptedBefore(
    tenant: TenantId,
    place: Place<RequestKey> | null,
    since: number,
    limit: number,
  ): Promise<readonly RequestSummary[]>;
}
