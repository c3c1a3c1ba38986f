import { randomUUID } from 'node:crypto';
import type { IdempotencyRecord, IdempotencyStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { mongo } from 'mongoose';
import { isDuplicateKey, mapErrors } from './map-error.ts';
import { removeExpired } from './remove-expired.ts';

/** A document of `idempotency`. */
export interface IdempotencyRow extends Omit<IdempotencyRecord, 'id'> {
  readonly _id: string;
  readonly v: number;
  /** The call that wrote it: how that one learns that it did. */
  readonly callId: string;
}

/** Version that this code writes into every document of `idempotency`. */
const rowVersion = 1;

export const idempotencyIndexes: mongo.IndexDescription[] = [{ key: { expiresAt: 1 }, name: 'expiry' }];

// A server may tell the loser of a first insert that the key exists, instead of trying again itself.
const attempts = 5;

/** The idempotency port on the driver's own collection. */
export function createIdempotencyStore(rows: mongo.Collection<IdempotencyRow>): IdempotencyStore {
  return {
    remember: (record) =>
      mapErrors(async () => {
        const mine: IdempotencyRow = { ...toRow(record), callId: randomUUID() };
        const found = await rememberOnce(rows, mine);
        return { record: toRecord(found), isNew: found.callId === mine.callId };
      }),

    removeExpired: (now, limit) => mapErrors(() => removeExpired(rows, now, limit)),
  };
}

/*
 * One atomic step on one document: what lives stays as it is, everything else becomes ours. Acknowledged like every
 * write: what a loser reads has been stored by a majority, too.
 */
async function rememberOnce(rows: mongo.Collection<IdempotencyRow>, mine: IdempotencyRow): Promise<IdempotencyRow> {
  const lives = { $gt: ['$expiresAt', mine.createdAt] };
  const update = [{ $replaceWith: { $cond: [lives, '$$ROOT', { $literal: mine }] } }];
  for (let left = attempts; ; left -= 1) {
    try {
      const row = await rows.findOneAndUpdate({ _id: mine._id }, update, { upsert: true, returnDocument: 'after' });
      if (row !== null) return row;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    if (left === 0) throw new AppError('store_unavailable', 'an idempotency key changes faster than it can be read');
  }
}

function toRow({ id, tenant, content, key, createdAt, expiresAt }: IdempotencyRecord) {
  return { _id: id, v: rowVersion, tenant, content, key, createdAt, expiresAt };
}

function toRecord({ _id, tenant, content, key, createdAt, expiresAt }: IdempotencyRow): IdempotencyRecord {
  return { id: _id, tenant, content, key, createdAt, expiresAt };
}
