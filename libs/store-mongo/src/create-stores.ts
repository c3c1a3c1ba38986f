import type { BatchStore, RequestStore } from '@batch-gpt/domain';
import { mongo, type Connection } from 'mongoose';
import { createBatchModel } from './batch-model.ts';
import { createBatchStore } from './batch-store.ts';
import { durability } from './durability.ts';
import { mapErrors } from './map-error.ts';
import { createRequestModel } from './request-model.ts';
import type { RequestRow } from './request-row.ts';
import { createRequestStore } from './request-store.ts';
import { createTextFiles } from './text-files.ts';
import { maxTextBytes } from './text-limit.ts';

export interface MongoStores extends AsyncDisposable {
  readonly requests: RequestStore;
  readonly batches: BatchStore;
  /** Largest request body or outcome text that fits, in bytes; more is AppError `body_too_large`. */
  readonly maxTextBytes: number;
  /** Rejects with AppError `store_unavailable` when the database does not answer. */
  readonly ping: () => Promise<void>;
}

/** Creates the indexes that are missing and gives the stores on this connection, which they close. */
export async function createStores(connection: Connection, keepRequestBodies: boolean): Promise<MongoStores> {
  const requestModel = createRequestModel(connection);
  const batchModel = createBatchModel(connection);
  const readConcern = new mongo.ReadConcern(durability.readConcern.level);
  const db = connection.getClient().db(connection.name, { ...durability, readConcern });
  const files = createTextFiles(db);
  await Promise.all([requestModel.createIndexes(), batchModel.createIndexes(), files.createIndexes()]);

  const rows = db.collection<RequestRow>(requestModel.collection.collectionName);
  return {
    requests: createRequestStore({ db, rows, files, keepRequestBodies }),
    batches: createBatchStore(batchModel),
    maxTextBytes,
    ping: () =>
      mapErrors(async () => {
        await db.command({ ping: 1 });
      }),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}
