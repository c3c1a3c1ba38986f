import type { GroupId } from '@batch-gpt/contracts';
import type { PendingGroup, WorkOverview } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { toBatchRecord, type BatchRow } from './batch-row.ts';
import { mapErrors } from './map-error.ts';
import type { RequestRow } from './request-row.ts';
import { readSums } from './settled-sums.ts';

/** The overview port on `requests` and `batches`. */
export function createWorkOverview(
  rows: mongo.Collection<RequestRow>,
  batches: mongo.Collection<BatchRow>,
): WorkOverview {
  return {
    pendingGroups: (limit, atMost) =>
      mapErrors(async () => {
        const groups: PendingGroup[] = [];
        let left = atMost;
        let last: GroupId | null = null;
        while (groups.length < limit) {
          const oldest = await oldestOfNextGroup(rows, last);
          if (oldest === null) break;
          last = oldest.group;
          const most = Math.max(left, 1);
          // One more than is to be counted tells whether there are more.
          const counted = await rows.countDocuments(
            { state: 'accepted', group: last },
            { limit: most + 1, hint: 'open_work' },
          );
          // Zero: its last one was collected in this moment.
          if (counted === 0) continue;
          const pending = Math.min(counted, most);
          left -= pending;
          groups.push({ group: last, pending, isMore: counted > most, oldestAcceptedAt: oldest.acceptedAt });
        }
        return groups;
      }),

    settledSums: (from, to) =>
      mapErrors(() => readSums(batches, { state: 'settled', updatedAt: { $gte: from, $lt: to } }, 'ended')),

    settledBatches: (place, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        // The plain bound keeps the index range tight.
        const after = place && {
          updatedAt: { $lte: place.at },
          $or: [{ updatedAt: { $lt: place.at } }, { _id: { $lt: place.id } }],
        };
        const found = await batches
          .find({ state: 'settled', ...after }, { hint: 'ended' })
          .sort({ updatedAt: -1, _id: -1 })
          .limit(limit)
          .toArray();
        return found.map(toBatchRecord);
      }),
  };
}

async function oldestOfNextGroup(rows: mongo.Collection<RequestRow>, after: GroupId | null) {
  return rows.findOne<Pick<RequestRow, 'group' | 'acceptedAt'>>(
    { state: 'accepted', ...(after !== null && { group: { $gt: after } }) },
    { sort: { group: 1, acceptedAt: 1 }, projection: { _id: 0, group: 1, acceptedAt: 1 }, hint: 'open_work' },
  );
}
