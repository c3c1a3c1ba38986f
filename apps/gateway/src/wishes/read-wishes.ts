import { type IncomingHttpHeaders } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { z } from 'zod';
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
  /** How long a success may answer others, in milliseconds; null: as the deployment says. */
  readonly cacheTtlMs: number | null;
}

const day = 24 * 3600;
const year = 366 * day;
const mostRetries = 1000;

/**
 * Reads the headers with which a call chooses for itself; what is malformed is no wish. Only an `Idempotency-Key` is a
 * command: throws AppError `invalid_value` for one that cannot be kept, because going on without it might pay twice.
 */
export function readWishes(headers: IncomingHttpHeaders, deploymentMode: ServingMode): Wishes {
  const cacheControl = headerList(headers['cache-control']);
  return {
    ...delivery(headers, cacheControl.has('only-if-cached'), deploymentMode),
    noCache: cacheControl.has('no-cache'),
    noStore: cacheControl.has('no-store'),
    maxAgeMs: milliseconds(wholeSeconds(cacheControl.get('max-age'), year)),
    retry: wholeSeconds(oneValue(headers['x-stainless-retry-count']), mostRetries) ?? 0,
    idempotencyKey: readKey(oneValue(headers['idempotency-key'])),
    cacheTtlMs: milliseconds(wholeSeconds(oneValue(headers['batch-cache-ttl']), year)),
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

const milliseconds = (seconds: number | null): number | null => (seconds === null ? null : seconds * 1000);

/** Visible ASCII, what every store can keep. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/);

function readKey(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (idempotencyKey.safeParse(text).success) return text;
  throw new AppError('invalid_value', "Invalid 'Idempotency-Key': expected 1 to 255 visible ASCII characters.", {
    param: 'Idempotency-Key',
  });
}
