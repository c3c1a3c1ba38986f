import type { KeepBodies, StorePorts } from '@batch-gpt/domain';
import type { Logger } from '@batch-gpt/logging';
import { createBatchStore } from './batch-store.ts';
import { openDatabase } from './database.ts';
import { createFailedLines } from './failed-lines.ts';
import { createIdempotencyStore } from './idempotency-store.ts';
import { createLedger } from './ledger.ts';
import { createOutcomeCache } from './outcome-cache.ts';
import { createOwnedIdStore } from './owned-id-store.ts';
import { createRequestListing } from './request-listing.ts';
import { createRequestSearch } from './request-search.ts';
import { createRequestStore } from './request-store.ts';
import { createTenantUsage } from './tenant-usage.ts';
import { createWorkOverview } from './work-overview.ts';

export interface SqliteStoreOptions {
  /** The database file; it and its folder are created if they are missing. Two more files appear beside it. */
  readonly path: string;
  readonly logger: Logger;
  /** Keeps a request's body after its outcome is stored; off by default. */
  readonly keepRequestBodies?: KeepBodies;
  /** Calls without an answer, at most; one more rejects with `store_unavailable`. */
  readonly maxCalls?: number;
  /** How long a change waits for other processes' changes, in milliseconds, before `store_unavailable`. */
  readonly busyTimeout?: number;
}

export interface SqliteStores extends StorePorts, AsyncDisposable {
  /** Largest request body or outcome text that fits, in bytes; more is AppError `body_too_large`. */
  readonly maxTextBytes: number;
  /** Rejects with AppError `store_unavailable` when the database does not answer. */
  ping(): Promise<void>;
}

// As in the other store: SQLite itself ends at 10^9 bytes, strings of Node at 2^29 - 24 characters.
const maxTextBytes = 64 * 1024 * 1024;

/**
 * Opens the file in a worker thread and gives the stores; any number of local processes may share one file. Rejects
 * with AppError `store_unavailable` when the file cannot be used, `config_invalid` when a newer release wrote it.
 * Disposal waits for open calls.
 */
export async function openSqliteStores(options: SqliteStoreOptions): Promise<SqliteStores> {
  const { keepRequestBodies = 'none', busyTimeout = 5_000, ...rest } = options;
  const database = await openDatabase({ ...rest, keepRequestBodies, busyTimeout });
  return {
    requests: createRequestStore(database),
    batches: createBatchStore(database),
    listing: createRequestListing(database),
    cache: createOutcomeCache(database),
    idempotency: createIdempotencyStore(database),
    ownedIds: createOwnedIdStore(database),
    usage: createTenantUsage(database),
    search: createRequestSearch(database),
    overview: createWorkOverview(database),
    failedLines: createFailedLines(database),
    ledger: createLedger(database),
    maxTextBytes,
    ping: () => database.read('ping'),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}
