import type { BatchStore } from './batch-store.ts';
import type { FailedLines } from './failed-lines.ts';
import type { IdempotencyStore } from './idempotency-store.ts';
import type { Ledger } from './ledger.ts';
import type { OutcomeCache } from './outcome-cache.ts';
import type { OwnedIdStore } from './owned-id-store.ts';
import type { RequestListing } from './request-listing.ts';
import type { RequestSearch } from './request-search.ts';
import type { RequestStore } from './request-store.ts';
import type { TenantUsage } from './tenant-usage.ts';
import type { WorkOverview } from './work-overview.ts';

/** All ports of the system of record: what every adapter gives, and works on one database. */
export interface StorePorts {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  readonly listing: RequestListing;
  readonly cache: OutcomeCache;
  readonly idempotency: IdempotencyStore;
  readonly ownedIds: OwnedIdStore;
  readonly usage: TenantUsage;
  readonly search: RequestSearch;
  readonly overview: WorkOverview;
  readonly failedLines: FailedLines;
  readonly ledger: Ledger;
}
