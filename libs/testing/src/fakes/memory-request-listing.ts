import { listingPage, rowsToRead, summaryOf, type RequestListing } from '@batch-gpt/domain';
import { oldestFirst, type MemoryRequestRows } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';

/** The listing port on the requests in memory. */
export function createMemoryRequestListing(run: RunCall, rows: MemoryRequestRows): RequestListing {
  return {
    list: (tenant, filter, after, limit) =>
      run(() => {
        const own = [...rows.values()]
          .map(({ record }) => record)
          .filter((record) => record.tenant === tenant)
          .toSorted((a, b) => oldestFirst(b, a));
        const from = after === null ? 0 : own.findIndex(({ key }) => key === after) + 1;
        if (after !== null && from === 0) return null;
        const read = own.slice(from, from + rowsToRead(filter, limit));
        return listingPage(read.map(summaryOf), filter, limit);
      }),
  };
}
