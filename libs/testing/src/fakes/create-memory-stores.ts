import type { KeepBodies, StorePorts } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { createMemoryBatchStore, type MemoryBatches } from './memory-batch-store.ts';
import { createMemoryFailedLines } from './memory-failed-lines.ts';
import { createMemoryIdempotencyStore } from './memory-idempotency-store.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryOutcomeCache } from './memory-outcome-cache.ts';
import { createMemoryOwnedIdStore } from './memory-owned-id-store.ts';
import { createMemoryRequestListing } from './memory-request-listing.ts';
import type { MemoryRequestRows } from './memory-request-rows.ts';
import { createMemoryRequestSearch } from './memory-request-search.ts';
import { createMemoryRequestStore } from './memory-request-store.ts';
import { createMemoryTenantUsage } from './memory-tenant-usage.ts';
import { createMemoryWorkOverview } from './memory-work-overview.ts';
import type { RunCall } from './run-call.ts';

export interface MemoryStores extends StorePorts {
  /** While away every call rejects with `store_unavailable` and changes nothing. */
  readonly setAway: (away: boolean) => void;
}

/** All stores in memory: they pass the conformance suites, hold everything, and are gone with their owner. */
export function createMemoryStores({
  keepRequestBodies = 'none',
}: { readonly keepRequestBodies?: KeepBodies } = {}): MemoryStores {
  let away = false;
  const run: RunCall = (call) =>
    new Promise((resolve) => {
      if (away) throw new AppError('store_unavailable', 'the store is away');
      resolve(call());
    });
  const rows: MemoryRequestRows = new Map();
  const batches: MemoryBatches = new Map();
  return {
    requests: createMemoryRequestStore(run, rows, keepRequestBodies),
    batches: createMemoryBatchStore(run, batches),
    listing: createMemoryRequestListing(run, rows),
    cache: createMemoryOutcomeCache(run, rows),
    idempotency: createMemoryIdempotencyStore(run),
    ownedIds: createMemoryOwnedIdStore(run),
    usage: createMemoryTenantUsage(run, rows, batches),
    search: createMemoryRequestSearch(run, rows),
    overview: createMemoryWorkOverview(run, rows, batches),
    failedLines: createMemoryFailedLines(run, rows),
    ledger: createMemoryLedger(run),
    setAway: (value) => {
      away = value;
    },
  };
}
