import type { AccountId, RequestKey, TenantId } from '@batch-gpt/contracts';

/**
 * An id that a tenant was given: of a background response that we made up (`response`), or of an object that it created
 * at the provider through the relay (`relayed`). Times are milliseconds since the epoch.
 */
export interface OwnedId {
  readonly id: string;
  readonly tenant: TenantId;
  readonly kind: 'response' | 'relayed';
  readonly account: AccountId;
  /** The request behind a background response; null for a relayed object. */
  readonly key: RequestKey | null;
  /** What an unfinished background response shows of its call, as JSON text of at most 256 KiB; null for a relayed object. */
  readonly text: string | null;
  readonly createdAt: number;
  /** When its owner cancelled the background response. */
  readonly cancelledAt: number | null;
  readonly expiresAt: number;
}

/**
 * Who owns which id. A foreign id is like an unknown one; one whose time is over is found until it is removed.
 * Throws AppError `store_unavailable` when the database is away.
 */
export interface OwnedIdStore {
  /** Ids that exist already are left alone, whoever owns them. Throws AppError `body_too_large` for a larger text. */
  insert(ids: readonly OwnedId[]): Promise<void>;
  find(tenant: TenantId, id: string): Promise<OwnedId | null>;
  /** Which of these ids are the tenant's. At most 1,000 ids. */
  ownedAmong(tenant: TenantId, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Which of these ids are known to be another tenant's. At most 1,000 ids. */
  foreignAmong(tenant: TenantId, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Notes the cancellation unless there is one; gives the id as it is then, null where it is not the tenant's. */
  cancel(tenant: TenantId, id: string, at: number): Promise<OwnedId | null>;
  /** True if it was there. */
  remove(tenant: TenantId, id: string): Promise<boolean>;
  /** Removes at most `limit` ids whose `expiresAt` has passed. Returns how many went. */
  removeExpired(now: number, limit: number): Promise<number>;
}
