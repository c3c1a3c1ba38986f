import { mongo, Schema, type Connection, type Model } from 'mongoose';
import { durability } from './durability.ts';
import type { BatchRow } from './batch-row.ts';

const { Mixed } = Schema.Types;
const { w, journal } = durability.writeConcern;

// Parts that are written whole are Mixed: casting them field by field would only be another place to keep true.
const batchSchema = new Schema<BatchRow>(
  {
    _id: String,
    v: Number,
    tenant: String,
    account: String,
    endpoint: String,
    model: String,
    group: String,
    state: String,
    epoch: Number,
    owner: String,
    beat: Number,
    createdAt: Number,
    updatedAt: Number,
    sizes: Mixed,
    digest: String,
    inputFileId: String,
    inputFileCreatedAt: Number,
    attempt: Number,
    intentAt: Number,
    fencedAt: Number,
    providerBatchId: String,
    formerProviderBatchIds: [String],
    provider: Mixed,
    cancelRequestedAt: Number,
    cause: Mixed,
    namedLines: [Mixed],
    trouble: Mixed,
    depth: Number,
    billed: Mixed,
    history: [Mixed],
  },
  {
    collection: 'batches',
    versionKey: false,
    minimize: false,
    strict: 'throw',
    // As an instance it carries the one spelling of "journaled" that a schema hands on.
    writeConcern: new mongo.WriteConcern(w, undefined, journal),
    readConcern: durability.readConcern,
    read: durability.readPreference,
  },
)
  .index({ state: 1, _id: 1 }, { name: 'open_work' })
  .index({ tenant: 1, createdAt: -1, _id: -1 }, { name: 'listing' })
  .index({ tenant: 1, providerBatchId: 1 }, { name: 'provider_batch' })
  // Not partial: servers before 6.0 take no $in there, and a batch changes its state some ten times.
  .index({ state: 1, updatedAt: 1, _id: 1 }, { name: 'ended' })
  .index({ tenant: 1, state: 1, updatedAt: 1 }, { name: 'usage' });

/** The model of `batches`: its shape and indexes. */
export function createBatchModel(connection: Connection): Model<BatchRow> {
  return connection.model<BatchRow>('Batch', batchSchema);
}
