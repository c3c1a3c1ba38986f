import { modelName, requestKey, requestState, type RequestKey, type TenantId } from '@batch-gpt/contracts';
import { type ListingFilter, type RequestListing, type RequestSummary } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Request } from 'express';
import { type Within } from '../within.ts';
import { readLimit, readOneOf, unknownAfter } from './read-paging.ts';

/** What is read for one page of a filtered list: so many pages of the store, of so many matches. */
const mostPages = 20;
const pageSize = 100;

/** The parameters of a list of requests. */
export interface RequestsQuery {
  readonly filter: ListingFilter;
  readonly after: RequestKey | null;
  readonly limit: number;
}

/** A page of requests, newest first. */
export interface RequestPage {
  readonly found: readonly RequestSummary[];
  /** Where the next page goes on; null for an empty list. */
  readonly lastId: RequestKey | null;
  readonly hasMore: boolean;
}

/** Reads `after`, `limit`, `state` and `model`; throws AppError `invalid_value`. Others mean nothing. */
export function readRequestsQuery(query: Request['query']): RequestsQuery {
  const { after, limit, state, model } = query;
  const cursor = after === undefined ? null : requestKey.safeParse(after);
  if (cursor?.success === false) throw unknownAfter('request');
  return {
    filter: { state: readOneOf('state', requestState.options, state), model: readModel(model) },
    after: cursor?.data ?? null,
    limit: readLimit(limit),
  };
}

function readModel(given: unknown): string | null {
  if (given === undefined) return null;
  const model = modelName.safeParse(given);
  if (model.success) return model.data;
  throw new AppError('invalid_value', "Invalid 'model': expected the name of a model.", { param: 'model' });
}

/**
 * Reads one page. A filter may match rarely: reading goes on until the page is full or a bounded number of rows was
 * looked at. A page that ends there is short, perhaps empty, and its `lastId` is the last request that was looked at.
 */
export async function listRequests(
  { listing, within }: { readonly listing: RequestListing; readonly within: Within },
  tenant: TenantId,
  { filter, after, limit }: RequestsQuery,
): Promise<RequestPage> {
  const isFiltered = filter.state !== null || filter.model !== null;
  const found: RequestSummary[] = [];
  let next = after;
  for (let page = 0; page < mostPages; page += 1) {
    const read = await within(listing.list(tenant, filter, next, isFiltered ? pageSize : limit));
    if (read === null) throw unknownAfter('request');
    found.push(...read.found);
    if (found.length > limit) return fullPage(found.slice(0, limit), true);
    if (read.next === null) return fullPage(found, false);
    if (found.length === limit) return fullPage(found, true);
    next = read.next;
  }
  return { found, lastId: next, hasMore: true };
}

const fullPage = (found: readonly RequestSummary[], hasMore: boolean): RequestPage => ({
  found,
  lastId: found.at(-1)?.key ?? null,
  hasMore,
});
