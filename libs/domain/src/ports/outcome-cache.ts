import type { RequestKey, TenantId } from '@batch-gpt/contracts';

/** What a purge takes; all that is given has to hold, and something has to be given. */
export interface PurgeFilter {
  readonly tenant?: TenantId;
  /** At most 1,000. */
  readonly keys?: readonly RequestKey[];
  readonly model?: string;
  /** Outcomes that are older, milliseconds since the epoch. */
  readonly doneBefore?: number;
}

/** Stored outcomes as a cache that can be emptied. Throws AppError `store_unavailable` when the database is away. */
export interface OutcomeCache {
  /**
   * Removes ended rows that match and takes the old outcome from open rows that match, and from ended ones where it is
   * kept beside a failure that does not match; `limit` of all together at most; tenant by tenant, those first that were
   * accepted first. Returns the keys; fewer than `limit` means that nothing is left. Reads in bounded pages, but from the
   * start of what may match: a large limit saves reading.
   */
  purge(filter: PurgeFilter, limit: number): Promise<readonly RequestKey[]>;

  /**
   * Removes at most `limit` ended rows with `doneAt` and `acceptedAt` before that are not to be kept at `now`
   * (`RequestStore.keepUntil`): those first that were accepted first, whoever's they are. Returns their keys.
   */
  evictOldest(doneBefore: number, limit: number, now: number): Promise<readonly RequestKey[]>;

  /** What the database keeps, in bytes; a cheap estimate that shrinks when rows go, though not with every single one. */
  storedBytes(): Promise<number>;
}
