import { type IncomingHttpHeaders } from 'node:http';
import { headerList, wholeSeconds } from './header-list.ts';

/** `sync`: hold until answered. `async`: 202 and a handle. `cache`: answer only from stored outcomes. */
export type ServingMode = 'sync' | 'async' | 'cache';

/** What a call asks for beside its body. */
export interface Wishes {
  readonly mode: ServingMode;
  /** Hold at most this long, in milliseconds, then answer 202; null: no such wish. */
  readonly waitMs: number | null;
  /** The preferences that were followed, for `Preference-Applied`; '' when there were none. */
  readonly applied: string;
  /** Ask anew, then store. */
  readonly noCache: boolean;
  /** Never share, never store. */
  readonly noStore: boolean;
  /** Oldest stored outcome that will do, in milliseconds. */
  readonly maxAgeMs: number | null;
  /** Which attempt of an SDK this is; 0 is the first. */
  readonly retry: number;
  readonly idempotencyKey: string | null;
}

const day = 24 * 3600;
const year = 366 * day;
const mostRetries = 1000;

/** Reads the standard headers with which a call chooses for itself; what is malformed is no wish. */
export function readWishes(headers: IncomingHttpHeaders, deploymentMode: ServingMode): Wishes {
  const cacheControl = headerList(headers['cache-control']);
  const maxAge = wholeSeconds(cacheControl.get('max-age'), year);
  return {
    ...delivery(headers, cacheControl.has('only-if-cached'), deploymentMode),
    noCache: cacheControl.has('no-cache'),
    noStore: cacheControl.has('no-store'),
    maxAgeMs: maxAge === null ? null : maxAge * 1000,
    retry: wholeSeconds(oneValue(headers['x-stainless-retry-count']), mostRetries) ?? 0,
    idempotencyKey: boundedKey(oneValue(headers['idempotency-key'])),
  };
}

function delivery(
  headers: IncomingHttpHeaders,
  onlyIfCached: boolean,
  deploymentMode: ServingMode,
): Pick<Wishes, 'mode' | 'waitMs' | 'applied'> {
  if (onlyIfCached) return { mode: 'cache', waitMs: null, applied: '' };
  const prefer = headerList(headers['prefer']);
  const wait = wholeSeconds(prefer.get('wait'), day);
  const applied = [prefer.has('respond-async') ? 'respond-async' : '', wait === null ? '' : `wait=${wait}`];
  const told = applied.filter((text) => text !== '').join(', ');
  // RFC 7240, section 4.3: together they mean "wait that long, then answer asynchronously".
  if (wait !== null && wait > 0) return { mode: 'sync', waitMs: wait * 1000, applied: told };
  if (told !== '') return { mode: 'async', waitMs: null, applied: told };
  return { mode: deploymentMode, waitMs: null, applied: '' };
}

const oneValue = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

const boundedKey = (text: string | undefined): string | null =>
  text === undefined || text === '' || text.length > 256 ? null : text;
