import type { TenantId } from '@batch-gpt/contracts';
import { checkOwnedIds, checkOwnedLookup, type OwnedId, type OwnedIdStore } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { insertMissing } from './insert-missing.ts';
import { mapErrors } from './map-error.ts';
import { removeExpired } from './remove-expired.ts';

/** A document of `owned_ids`. */
export interface OwnedIdRow extends Omit<OwnedId, 'id'> {
  readonly _id: string;
  readonly v: number;
}

/** Version that this code writes into every document of `owned_ids`. */
const rowVersion = 1;

export const ownedIdIndexes: mongo.IndexDescription[] = [{ key: { expiresAt: 1 }, name: 'expiry' }];

/** The port of owned ids on the driver's own collection. */
export function createOwnedIdStore(rows: mongo.Collection<OwnedIdRow>): OwnedIdStore {
  const find = async (tenant: TenantId, id: string): Promise<OwnedId | null> => {
    const row = await rows.findOne({ _id: id, tenant });
    return row && toOwnedId(row);
  };
  const idsOf = async (tenant: mongo.Condition<TenantId>, ids: readonly string[]): Promise<ReadonlySet<string>> => {
    checkOwnedLookup(ids);
    const found = rows.find({ _id: { $in: [...ids] }, tenant }, { projection: { _id: 1 } });
    return new Set((await found.toArray()).map(({ _id }) => _id));
  };

  return {
    insert: (ids) =>
      mapErrors(async () => {
        checkOwnedIds(ids);
        await insertMissing(rows, ids.map(toRow));
      }),

    find: (tenant, id) => mapErrors(() => find(tenant, id)),

    ownedAmong: (tenant, ids) => mapErrors(() => idsOf(tenant, ids)),

    foreignAmong: (tenant, ids) => mapErrors(() => idsOf({ $ne: tenant }, ids)),

    cancel: (tenant, id, at) =>
      mapErrors(async () => {
        const notCancelled = { _id: id, tenant, cancelledAt: null };
        const cancelled = await rows.findOneAndUpdate(
          notCancelled,
          { $set: { cancelledAt: at } },
          { returnDocument: 'after' },
        );
        return cancelled ? toOwnedId(cancelled) : find(tenant, id);
      }),

    remove: (tenant, id) => mapErrors(async () => (await rows.deleteOne({ _id: id, tenant })).deletedCount > 0),

    removeExpired: (now, limit) => mapErrors(() => removeExpired(rows, now, limit)),
  };
}

function toRow({ id, tenant, kind, account, key, text, createdAt, cancelledAt, expiresAt }: OwnedId): OwnedIdRow {
  return { _id: id, v: rowVersion, tenant, kind, account, key, text, createdAt, cancelledAt, expiresAt };
}

function toOwnedId({ _id, v: _, ...fields }: OwnedIdRow): OwnedId {
  const { tenant, kind, account, key, text, createdAt, cancelledAt, expiresAt } = fields;
  return { id: _id, tenant, kind, account, key, text, createdAt, cancelledAt, expiresAt };
}
