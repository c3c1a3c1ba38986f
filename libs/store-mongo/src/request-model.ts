import { Schema, type Connection, type Model } from 'mongoose';
import type { RequestRow } from './request-row.ts';

/*
 * Five indexes besides _id (design, section 3). Partial and sparse where only some rows are ever asked for: a row costs
 * two entries when it is inserted, and a done row none that only open ones need.
 */
const requestSchema = new Schema<RequestRow>(
  {
    _id: String,
    v: Number,
    state: String,
    tenant: String,
    account: String,
    endpoint: String,
    model: String,
    group: String,
    base: String,
    retry: Number,
    body: String,
    bodyRef: Schema.Types.Mixed,
    lineBytes: Number,
    tokens: Number,
    inputs: Number,
    shareable: Boolean,
    limited: Boolean,
    cacheTtl: Number,
    asksAnew: Boolean,
    acceptedAt: Number,
    attempt: Number,
    rounds: Number,
    batchId: String,
    collectedAt: Number,
    outcome: Schema.Types.Mixed,
    doneAt: Number,
    reuseUntil: Number,
    expiresAt: Number,
    delivered: Boolean,
    kept: Schema.Types.Mixed,
    namedUntil: Number,
    moveId: String,
  },
  { collection: 'requests', versionKey: false, minimize: false, strict: 'throw' },
)
  .index({ group: 1, acceptedAt: 1, _id: 1 }, { name: 'open_work', partialFilterExpression: { state: 'accepted' } })
  .index({ batchId: 1, _id: 1 }, { name: 'members', partialFilterExpression: { state: 'collected' } })
  .index({ expiresAt: 1, doneAt: 1 }, { name: 'ended_by_expiry', partialFilterExpression: { state: 'done' } })
  .index({ tenant: 1, acceptedAt: 1, _id: 1 }, { name: 'listing_by_key' })
  .index({ base: 1 }, { name: 'private_rows', sparse: true });

/** Indexes of earlier versions, whose work one of the others does. */
export const formerRequestIndexes: readonly string[] = ['expiry', 'listing'];

/** The model of `requests`: its shape and indexes. Its documents go through the driver's own collection. */
export function createRequestModel(connection: Connection): Model<RequestRow> {
  return connection.model<RequestRow>('Request', requestSchema);
}
