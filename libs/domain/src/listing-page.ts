import type { ListingFilter, ListingPage } from './ports/request-listing.ts';
import type { RequestRecord, RequestSummary } from './request.ts';

const mostReadPerRow = 10;

/** How many rows of the index a page reads at most. */
export function rowsToRead({ state, model }: ListingFilter, limit: number): number {
  return state === null && model === null ? limit + 1 : limit * mostReadPerRow;
}

/** Makes a page of rows that were read in order, as many as {@link rowsToRead} says or all that are left. */
export function listingPage(read: readonly RequestSummary[], filter: ListingFilter, limit: number): ListingPage {
  if (limit <= 0) return { found: [], next: null };
  const matching = read.filter((row) => matches(row, filter));
  const found = matching.slice(0, limit);
  if (matching.length > limit) return { found, next: found.at(-1)?.key ?? null };
  return { found, next: read.length < rowsToRead(filter, limit) ? null : (read.at(-1)?.key ?? null) };
}

/** A request without its texts. */
export function summaryOf(record: RequestRecord): RequestSummary {
  if (record.state === 'done') {
    const { kept: _, ...facts } = record;
    return { ...facts, outcome: withoutBody(record.outcome) };
  }
  return { ...record, outcome: record.outcome && withoutBody(record.outcome) };
}

function matches(row: RequestSummary, { state, model }: ListingFilter): boolean {
  return (state === null || row.state === state) && (model === null || row.model === model);
}

function withoutBody<T extends { readonly body: string }>({ body: _, ...rest }: T): Omit<T, 'body'> {
  return rest;
}
