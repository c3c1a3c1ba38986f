import { checkIncrements, type Ledger, type LedgerEntry } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { duplicatePositions, mapErrors } from './map-error.ts';

/** A document of `ledger`. */
export interface LedgerRow extends LedgerEntry {
  /** Day, tenant, kind and model. */
  readonly _id: string;
  readonly v: number;
}

/** Version that this code writes into every document of `ledger`. */
const rowVersion = 1;

export const ledgerIndexes: mongo.IndexDescription[] = [
  { key: { day: 1, tenant: 1, model: 1, kind: 1 }, name: 'days' },
  { key: { tenant: 1, day: 1, model: 1, kind: 1 }, name: 'tenant_days' },
];

const inOrder = { day: 1, tenant: 1, model: 1, kind: 1 } as const;
const inOrderOfTenant = { tenant: 1, day: 1, model: 1, kind: 1 } as const;

/** The ledger on the driver's own collection. */
export function createLedger(rows: mongo.Collection<LedgerRow>): Ledger {
  return {
    add: (increments) =>
      mapErrors(async () => {
        checkIncrements(increments);
        await upsert(rows, increments.map(toUpsert));
      }),

    read: ({ tenant, fromDay, toDay }, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        const day = { $gte: fromDay, $lte: toDay };
        const found =
          tenant === null
            ? rows.find({ day }, { hint: 'days' }).sort(inOrder)
            : rows.find({ tenant, day }, { hint: 'tenant_days' }).sort(inOrderOfTenant);
        return (await found.limit(limit).toArray()).map(toEntry);
      }),

    removeBefore: (day, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return 0;
        const old = rows.find({ day: { $lt: day } }, { hint: 'days', projection: { _id: 1 } }).sort(inOrder);
        const ids = (await old.limit(limit).toArray()).map(({ _id }) => _id);
        if (ids.length === 0) return 0;
        return (await rows.deleteMany({ _id: { $in: ids } })).deletedCount;
      }),
  };
}

type Upsert = mongo.AnyBulkWriteOperation<LedgerRow>;

/** A document that somebody else inserts at the same time is a duplicate: that increment was not added, and is repeated. */
async function upsert(rows: mongo.Collection<LedgerRow>, operations: readonly Upsert[]): Promise<void> {
  for (let left = operations; left.length > 0;) {
    try {
      await rows.bulkWrite([...left], { ordered: false });
      return;
    } catch (error) {
      const duplicates = duplicatePositions(error);
      if (duplicates === null) throw error;
      left = left.filter((_, position) => duplicates.has(position));
    }
  }
}

function toUpsert({ tenant, model, day, kind, ...amounts }: LedgerEntry): Upsert {
  const { calls, inputTokens, cachedTokens, outputTokens } = amounts;
  return {
    updateOne: {
      filter: { _id: `${day}|${tenant}|${kind}|${model}` },
      update: {
        $inc: { calls, inputTokens, cachedTokens, outputTokens },
        $setOnInsert: { v: rowVersion, tenant, model, day, kind },
      },
      upsert: true,
    },
  };
}

function toEntry({ tenant, model, day, kind, ...amounts }: LedgerRow): LedgerEntry {
  const { calls, inputTokens, cachedTokens, outputTokens } = amounts;
  return { tenant, model, day, kind, calls, inputTokens, cachedTokens, outputTokens };
}
