import type { BatchId, GroupId, LineSizes, RequestKey, TenantId } from '@batch-gpt/contracts';
import type { Candidate, Member, MemberBody, NewRequest, RequestRecord, Return, Settlement } from '../request.ts';

/** Outcome bodies of one look-up in bytes, unless it names another bound. */
export const maxLookupBytes = 16 * 1024 * 1024;

/** What a look-up found. A key that is in neither does not exist. */
export interface LookedUp {
  readonly rows: ReadonlyMap<RequestKey, RequestRecord>;
  /** Keys that were not looked at: look them up next. */
  readonly rest: readonly RequestKey[];
}

/**
 * The system of record for requests. Every method is durable when its promise resolves, every change is a
 * single-document compare-and-set, and whoever loses a race changes nothing. Every method throws
 * AppError `store_unavailable` when the database is away; the change may then have happened.
 */
export interface RequestStore {
  /**
   * The rows of these keys, without request bodies. Ends early when the outcome bodies would exceed `maxBytes`
   * ({@link maxLookupBytes} unless given; at least one row that exists). Reads what the latest acknowledged write left.
   * With a tenant, rows of others are as if they did not exist: nothing of them is read out of the database.
   */
  lookup(keys: readonly RequestKey[], maxBytes?: number, tenant?: TenantId): Promise<LookedUp>;

  /** Inserts rows as `accepted`; a key that exists already is left alone. Returns the keys that were inserted. */
  insert(rows: readonly NewRequest[]): Promise<ReadonlySet<RequestKey>>;

  /**
   * Runs ended requests again in place: `done` and still the `doneAt` that the caller saw → `accepted` with the new
   * body, zero attempt and rounds, no batch, no expiry. A shareable success stays and keeps answering, also one that
   * was kept beside a failure; any other outcome goes. Returns the keys that moved.
   */
  acceptAnew(rows: readonly { readonly row: NewRequest; readonly doneAt: number }[]): Promise<ReadonlySet<RequestKey>>;

  /** Claims a private row of this content that no attempt ≥ `retry` has claimed and whose outcome was not delivered. */
  claimPrivate(tenant: TenantId, base: RequestKey, retry: number): Promise<RequestKey | null>;

  /** Notes that the outcomes of these ended requests reached a caller. */
  markDelivered(keys: readonly RequestKey[]): Promise<void>;

  /** Keeps these ended requests at least until then: raises an earlier `expiresAt`, and eviction passes them over. */
  keepUntil(keys: readonly RequestKey[], until: number): Promise<void>;

  /** The group's oldest accepted requests, oldest first, ties by key; `after` is the last one of the page before. */
  oldestAccepted(group: GroupId, limit: number, after: Candidate | null): Promise<readonly Candidate[]>;

  /** `accepted` and in `group` → `collected` by this batch. Returns how many moved. At most 1,000 keys. */
  claim(group: GroupId, batchId: BatchId, keys: readonly RequestKey[], at: number): Promise<number>;

  /** What the batch's members add up to. */
  memberSizes(batchId: BatchId): Promise<LineSizes>;

  /** Members still `collected` by this batch, ordered by key, after `after`. */
  members(batchId: BatchId, after: RequestKey | null, limit: number): Promise<readonly Member[]>;

  /** Those of `keys` that are still `collected` by this batch. */
  membersAmong(batchId: BatchId, keys: readonly RequestKey[]): Promise<ReadonlyMap<RequestKey, Member>>;

  /** Like {@link members}, with bodies; a page ends early when its bodies exceed `maxBytes` (at least one row). */
  memberBodies(
    batchId: BatchId,
    after: RequestKey | null,
    limit: number,
    maxBytes: number,
  ): Promise<readonly MemberBody[]>;

  /**
   * `collected` by this batch → `done`; the body goes unless it is to be kept. A failure does not replace an old
   * shareable success: that is `kept` beside it, and `expiresAt` is no earlier than its `reuseUntil`. So it is wherever
   * a request ends. Returns the keys that moved.
   */
  settle(batchId: BatchId, settlements: readonly Settlement[]): Promise<ReadonlySet<RequestKey>>;

  /** `collected` by this batch → `accepted` in the given group; `acceptedAt` stays. Returns the keys that moved. */
  returnMembers(batchId: BatchId, returns: readonly Return[]): Promise<ReadonlySet<RequestKey>>;

  /** `accepted` → `done` without a batch (deadline passed, cancelled by its owner). Returns the keys that moved. */
  endAccepted(settlements: readonly Settlement[]): Promise<ReadonlySet<RequestKey>>;

  /**
   * Results that came after their batch was abandoned: `accepted` rows, and rows whose failure this batch stored, get
   * the outcome; every other row stays as it is. Returns the keys that moved.
   */
  settleLate(batchId: BatchId, settlements: readonly Settlement[]): Promise<ReadonlySet<RequestKey>>;

  /** Groups with accepted rows, in order of their id, after `after`, each with its oldest row's `acceptedAt`. */
  groupsWithAccepted(
    after: GroupId | null,
    limit: number,
  ): Promise<readonly { readonly group: GroupId; readonly oldestAcceptedAt: number }[]>;

  /** Distinct batch ids of collected rows, in order, after `after`. */
  collectedBatchIds(after: BatchId | null, limit: number): Promise<readonly BatchId[]>;

  /** Removes at most `limit` ended rows whose `expiresAt` has passed. Returns how many went. */
  removeExpired(now: number, limit: number): Promise<number>;

  /** Removes at most `limit` texts kept apart from their row that no row refers to and that are older than `before`. */
  removeUnreferencedBodies(before: number, limit: number): Promise<number>;
}
