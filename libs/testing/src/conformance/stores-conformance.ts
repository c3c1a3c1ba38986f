import { batchStoreConformance } from './batch-store-conformance.ts';
import { failedLinesConformance } from './failed-lines-conformance.ts';
import { idempotencyStoreConformance } from './idempotency-store-conformance.ts';
import { ledgerConformance } from './ledger-conformance.ts';
import type { OpenEmptyStores } from './open-stores.ts';
import { outcomeCacheConformance } from './outcome-cache-conformance.ts';
import { ownedIdStoreConformance } from './owned-id-store-conformance.ts';
import { requestListingConformance } from './request-listing-conformance.ts';
import { requestSearchConformance } from './request-search-conformance.ts';
import { requestStoreConformance } from './request-store-conformance.ts';
import { tenantUsageConformance } from './tenant-usage-conformance.ts';
import { workOverviewConformance } from './work-overview-conformance.ts';

/** Declares Jest suites for all that the store ports say; `open` gives fresh, empty stores each time. */
export function storesConformance(name: string, open: OpenEmptyStores): void {
  requestStoreConformance(name, open);
  batchStoreConformance(name, open);
  requestListingConformance(name, open);
  outcomeCacheConformance(name, open);
  idempotencyStoreConformance(name, open);
  ownedIdStoreConformance(name, open);
  tenantUsageConformance(name, open);
  requestSearchConformance(name, open);
  workOverviewConformance(name, open);
  failedLinesConformance(name, open);
  ledgerConformance(name, open);
}
