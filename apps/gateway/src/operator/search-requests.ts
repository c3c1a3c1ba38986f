/*
 * A page of requests, without an index for it: every tenant's requests are in order of time, so those of all tenants are
 * merged. Of each tenant so many rows are read; what is not older than the last row of a tenant who may have more is in
 * order for certain and is taken, and reading goes on from there. A page ends when it is full, or when 20,000 rows were
 * looked at: then it is short, perhaps empty, and `next` says where the next one goes on.
 */
import { requestKey, type TenantId } from '@batch-gpt/contracts';
import { type Place, type RequestSearch, type RequestSummary } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { unknownAfter } from '../routes/read-paging.ts';
import { type Within } from '../within.ts';
import { formatPlace, readRequestPlace } from './places.ts';
import { type RequestsWanted } from './read-search.ts';

export interface SearchDeps {
  readonly search: RequestSearch;
  readonly within: Within;
}

/** A page, and the `after` of the one that follows. */
export interface FoundRequests {
  readonly found: readonly RequestSummary[];
  readonly next: string | null;
}

export const mostTenants = 200;
const mostRows = 20_000;
const rowsAtOnce = 2000;

/** Finds requests; with a key's beginning in order of key, else newest first. Throws AppError `invalid_value`. */
export function searchRequests(deps: SearchDeps, wanted: RequestsWanted): Promise<FoundRequests> {
  return wanted.key === null ? searchByTime(deps, wanted) : searchByKey(deps, wanted.key, wanted);
}

async function searchByKey(
  { search, within }: SearchDeps,
  key: string,
  wanted: RequestsWanted,
): Promise<FoundRequests> {
  const { after, limit } = wanted;
  const from = after === null ? null : requestKey.safeParse(after).data;
  if (from === undefined) throw unknownAfter('request');
  const found: RequestSummary[] = [];
  let last = from;
  for (let rows = 0; rows < mostRows; rows += rowsAtOnce) {
    const size = isFiltered(wanted) ? rowsAtOnce : limit + 1;
    const read = await within(search.keyedLike(key, last, size));
    found.push(...read.filter((record) => matches(record, wanted)));
    if (found.length > limit) return { found: found.slice(0, limit), next: found[limit - 1]?.key ?? null };
    last = read.at(-1)?.key ?? null;
    if (read.length < size || last === null) return { found, next: null };
  }
  return { found, next: last };
}

async function searchByTime({ search, within }: SearchDeps, wanted: RequestsWanted): Promise<FoundRequests> {
  const { after, limit, since, until } = wanted;
  const tenants = wanted.tenant === null ? await allTenants({ search, within }) : [wanted.tenant];
  const perTenant = Math.min(
    isFiltered(wanted) ? 500 : limit + 1,
    Math.max(10, Math.floor(rowsAtOnce / tenants.length)),
  );
  let place: Place<RequestSummary['key']> | null = startOf(after, until);
  if (tenants.length === 0) return { found: [], next: null };
  const found: RequestSummary[] = [];
  for (let rows = 0; rows < mostRows; rows += perTenant * tenants.length) {
    const from: typeof place = place;
    const pages = await Promise.all(
      tenants.map((tenant) => within(search.acceptedBefore(tenant, from, since ?? 0, perTenant))),
    );
    const all = pages.flat().toSorted(newestFirst);
    const certain = frontierOf(pages.filter((page) => page.length === perTenant));
    const taken = certain === null ? all : all.filter((record) => newestFirst(record, certain) <= 0);
    found.push(...taken.filter((record) => matches(record, wanted)));
    if (found.length > limit) return pageOf(found.slice(0, limit));
    if (certain === null) return { found, next: null };
    place = placeOf(certain);
  }
  return { found, next: place === null ? null : formatPlace(place) };
}

/** Before the end of the time that is asked for, or after the page before. */
function startOf(after: string | null, until: number | null): Place<RequestSummary['key']> | null {
  if (after !== null) return readRequestPlace(after);
  // Nothing of that very millisecond: no key is smaller than this one.
  return until === null ? null : { at: until, id: requestKey.parse('0'.repeat(64)) };
}

/** Of the tenants who may have more, the newest last row. */
function frontierOf(full: readonly (readonly RequestSummary[])[]): RequestSummary | null {
  const lasts = full.flatMap((page) => page.slice(-1));
  return lasts.toSorted(newestFirst)[0] ?? null;
}

async function allTenants({ search, within }: SearchDeps): Promise<readonly TenantId[]> {
  const tenants = await within(search.tenants(null, mostTenants + 1));
  if (tenants.length <= mostTenants) return tenants;
  throw new AppError('invalid_value', `There are more than ${mostTenants} tenants: name one ('tenant').`, {
    param: 'tenant',
  });
}

function matches({ tenant, state, model, acceptedAt }: RequestSummary, wanted: RequestsWanted): boolean {
  return (
    (wanted.tenant === null || tenant === wanted.tenant) &&
    (wanted.state === null || state === wanted.state) &&
    (wanted.model === null || model === wanted.model) &&
    (wanted.since === null || acceptedAt >= wanted.since) &&
    (wanted.until === null || acceptedAt < wanted.until)
  );
}

const isFiltered = ({ key, tenant, state, model, since, until }: RequestsWanted): boolean =>
  state !== null || model !== null || (key !== null && (tenant !== null || since !== null || until !== null));

function pageOf(found: readonly RequestSummary[]): FoundRequests {
  const last = found.at(-1);
  return { found, next: last === undefined ? null : formatPlace(placeOf(last)) };
}

const placeOf = ({ acceptedAt, key }: RequestSummary): Place<RequestSummary['key']> => ({ at: acceptedAt, id: key });

function newestFirst(a: RequestSummary, b: RequestSummary): number {
  return b.acceptedAt - a.acceptedAt || (a.key < b.key ? 1 : a.key > b.key ? -1 : 0);
}
