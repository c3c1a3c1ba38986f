import type { RequestKey, TenantId } from '@batch-gpt/contracts';

/** What an `Idempotency-Key` of a tenant stands for. Times are milliseconds since the epoch. */
export interface IdempotencyRecord {
  /** SHA-256 over tenant and header, 64 hex characters: the header itself is kept nowhere. */
  readonly id: string;
  readonly tenant: TenantId;
  /** Content key of the call: another one under the same header is a conflict. */
  readonly content: RequestKey;
  /** The row that the call has, or will have once it is inserted. */
  readonly key: RequestKey;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Durable before the row that a record names. Throws AppError `store_unavailable` when the database is away. */
export interface IdempotencyStore {
  /**
   * Keeps the record unless one with its id lives (`expiresAt` after the new record's `createdAt`); gives the one in
   * force. Among any number of calls at once, exactly one learns that it is `new`; a call whose answer was lost may
   * find its own record as an old one.
   */
  remember(record: IdempotencyRecord): Promise<{ readonly record: IdempotencyRecord; readonly isNew: boolean }>;

  /** Removes at most `limit` records whose `expiresAt` has passed. Returns how many went. */
  removeExpired(now: number, limit: number): Promise<number>;
}
