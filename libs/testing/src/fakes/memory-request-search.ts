import { summaryOf, type RequestSearch } from '@batch-gpt/domain';
import { compareTexts, oldestFirst, type MemoryRequestRows } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';

/** The search port on the requests in memory. */
export function createMemoryRequestSearch(run: RunCall, rows: MemoryRequestRows): RequestSearch {
  const records = () => [...rows.values()].map(({ record }) => record);
  return {
    keyedLike: (beginning, after, limit) =>
      run(() =>
        records()
          .filter(({ key }) => key.startsWith(beginning) && key > (after ?? ''))
          .toSorted((a, b) => compareTexts(a.key, b.key))
          .slice(0, Math.max(limit, 0))
          .map(summaryOf),
      ),

    tenants: (after, limit) =>
      run(() =>
        [...new Set(records().map(({ tenant }) => tenant))]
          .filter((tenant) => tenant > (after ?? ''))
          .toSorted(compareTexts)
          .slice(0, Math.max(limit, 0)),
      ),

    acceptedBefore: (tenant, place, since, limit) =>
      run(() =>
        records()
          .filter((record) => record.tenant === tenant && record.acceptedAt >= since)
          .filter(
            ({ acceptedAt, key }) =>
              place === null || acceptedAt < place.at || (acceptedAt === place.at && key < place.id),
          )
          .toSorted((a, b) => oldestFirst(b, a))
          .slice(0, Math.max(limit, 0))
          .map(summaryOf),
      ),
  };
}
