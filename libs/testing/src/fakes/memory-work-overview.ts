import type { GroupId } from '@batch-gpt/contracts';
import { addSums, type WorkOverview } from '@batch-gpt/domain';
import type { MemoryBatches } from './memory-batch-store.ts';
import { compareTexts, type MemoryRequestRows } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';
import { sumOfBatch } from './sum-of-batch.ts';

/** The overview port on the requests and batches in memory. */
export function createMemoryWorkOverview(run: RunCall, rows: MemoryRequestRows, batches: MemoryBatches): WorkOverview {
  const settled = () => [...batches.values()].filter(({ state }) => state === 'settled');
  return {
    pendingGroups: (limit, atMost) =>
      run(() => {
        let left = atMost;
        return [...acceptedByGroup(rows)]
          .toSorted(([a], [b]) => compareTexts(a, b))
          .slice(0, Math.max(limit, 0))
          .map(([group, times]) => {
            const pending = Math.min(times.length, Math.max(left, 1));
            left -= pending;
            return { group, pending, isMore: times.length > pending, oldestAcceptedAt: Math.min(...times) };
          });
      }),

    settledSums: (from, to) =>
      run(() =>
        addSums(
          settled()
            .filter(({ updatedAt }) => updatedAt >= from && updatedAt < to)
            .map(sumOfBatch),
        ),
      ),

    settledBatches: (place, limit) =>
      run(() =>
        settled()
          .filter(
            ({ updatedAt, id }) => place === null || updatedAt < place.at || (updatedAt === place.at && id < place.id),
          )
          .toSorted((a, b) => b.updatedAt - a.updatedAt || compareTexts(b.id, a.id))
          .slice(0, Math.max(limit, 0)),
      ),
  };
}

function acceptedByGroup(rows: MemoryRequestRows): ReadonlyMap<GroupId, readonly number[]> {
  const accepted = [...rows.values()].map(({ record }) => record).filter(({ state }) => state === 'accepted');
  const groups = Map.groupBy(accepted, ({ group }) => group);
  return new Map([...groups].map(([group, those]) => [group, those.map(({ acceptedAt }) => acceptedAt)]));
}
