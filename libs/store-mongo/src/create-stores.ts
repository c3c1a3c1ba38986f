import type { KeepBodies, StorePorts } from '@batch-gpt/domain';
import { mongo, type Connection } from 'mongoose';
import { createBatchModel } from './batch-model.ts';
import type { BatchRow } from './batch-row.ts';
import { createBatchStore } from './batch-store.ts';
import { durability } from './durability.ts';
import { createFailedLines } from './failed-lines.ts';
import { isIndexNotFound, mapErrors } from './map-error.ts';
import { createIdempotencyStore, idempotencyIndexes, type IdempotencyRow } from './idempotency-store.ts';
import { createLedger, ledgerIndexes, type LedgerRow } from './ledger.ts';
import { createOutcomeCache } from './outcome-cache.ts';
import { createOwnedIdStore, ownedIdIndexes, type OwnedIdRow } from './owned-id-store.ts';
import { createRequestListing } from './request-listing.ts';
import { createRequestModel, formerRequestIndexes } from './request-model.ts';
import type { RequestRow } from './request-row.ts';
import { createRequestSearch } from './request-search.ts';
import { createRequestStore } from './request-store.ts';
import { createTenantUsage } from './tenant-usage.ts';
import { createTextFiles } from './text-files.ts';
import { maxTextBytes } from './text-limit.ts';
import { createWorkOverview } from './work-overview.ts';

export interface MongoStores extends StorePorts, AsyncDisposable {
  /** Largest request body or outcome text that fits, in bytes; more is AppError `body_too_large`. */
  readonly maxTextBytes: number;
  /** Rejects with AppError `store_unavailable` when the database does not answer. */
  readonly ping: () => Promise<void>;
}

/** Creates the indexes that are missing and gives the stores on this connection, which they close. */
export async function createStores(connection: Connection, keepRequestBodies: KeepBodies): Promise<MongoStores> {
  const requestModel = createRequestModel(connection);
  const batchModel = createBatchModel(connection);
  const readConcern = new mongo.ReadConcern(durability.readConcern.level);
  const db = connection.getClient().db(connection.name, { ...durability, readConcern });
  const files = createTextFiles(db);
  const idempotency = db.collection<IdempotencyRow>('idempotency');
  const ownedIds = db.collection<OwnedIdRow>('owned_ids');
  const ledger = db.collection<LedgerRow>('ledger');
  await Promise.all([
    requestModel.createIndexes(),
    batchModel.createIndexes(),
    files.createIndexes(),
    idempotency.createIndexes(idempotencyIndexes),
    ownedIds.createIndexes(ownedIdIndexes),
    ledger.createIndexes(ledgerIndexes),
  ]);

  const rows = db.collection<RequestRow>(requestModel.collection.collectionName);
  const batchRows = db.collection<BatchRow>(batchModel.collection.collectionName);
  await dropIndexes(rows, formerRequestIndexes);
  return {
    requests: createRequestStore({ db, rows, files, keepRequestBodies }),
    batches: createBatchStore(batchModel),
    listing: createRequestListing(rows),
    cache: createOutcomeCache({ db, rows, files }),
    idempotency: createIdempotencyStore(idempotency),
    ownedIds: createOwnedIdStore(ownedIds),
    usage: createTenantUsage(rows, batchRows),
    search: createRequestSearch(rows),
    overview: createWorkOverview(rows, batchRows),
    failedLines: createFailedLines(rows),
    ledger: createLedger(ledger),
    maxTextBytes,
    ping: () =>
      mapErrors(async () => {
        await db.command({ ping: 1 });
      }),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** Drops those of these indexes that exist, once what takes their place does; another process may be faster. */
async function dropIndexes(rows: mongo.Collection<RequestRow>, names: readonly string[]): Promise<void> {
  for (const { name } of await rows.indexes()) {
    if (name === undefined || !names.includes(name)) continue;
    try {
      await rows.dropIndex(name);
    } catch (error) {
      if (!isIndexNotFound(error)) throw error;
    }
  }
}
