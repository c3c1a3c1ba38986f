import type { RequestKey, RequestState, TenantId } from '@batch-gpt/contracts';
import type { RequestSummary } from '../request.ts';

/** Which of a tenant's requests are listed; null: any. */
export interface ListingFilter {
  readonly state: RequestState | null;
  readonly model: string | null;
}

/** One page of a listing; `next` is where the page after it goes on, null where there is none. */
export interface ListingPage {
  readonly found: readonly RequestSummary[];
  readonly next: RequestKey | null;
}

/** A tenant's requests for reading. Throws AppError `store_unavailable` when the database is away. */
export interface RequestListing {
  /**
   * Newest first (acceptedAt, then key), without the texts of bodies and outcomes; `after` is the last one of the page
   * before, and where it is gone or foreign the page is null. Reads at most ten times `limit` rows of the index: a page
   * of a narrow filter may be short though more follow, which `next` then tells.
   */
  list(tenant: TenantId, filter: ListingFilter, after: RequestKey | null, limit: number): Promise<ListingPage | null>;
}
