import { invalidRequest, invalidValue } from '../api-error.ts';
import { type JsonObject } from '../json.ts';

/** Bounds of a list's `limit` parameter. */
export interface PageLimits {
  readonly fallback: number;
  readonly max: number;
}

/** One string query parameter; repeated or nested ones are refused. */
export function queryText(query: JsonObject, name: string): string | null {
  const value = query[name];
  if (value === undefined) return null;
  if (typeof value !== 'string') throw invalidRequest(`Invalid '${name}'.`, { param: name, code: 'invalid_type' });
  return value;
}

/** A list page (reference 3.4) of items that are already in list order. */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  query: JsonObject,
  how: { limits: PageLimits; show: (item: T) => JsonObject },
): JsonObject {
  const limit = readLimit(query, how.limits);
  const after = queryText(query, 'after');
  const start = after === null ? 0 : items.findIndex(({ id }) => id === after) + 1;
  if (after !== null && start === 0)
    throw invalidRequest(`No such object: '${after.slice(0, 100)}'.`, { param: 'after' });
  const page = items.slice(start, start + limit);
  return {
    object: 'list',
    data: page.map(how.show),
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
    has_more: start + page.length < items.length,
  };
}

function readLimit(query: JsonObject, { fallback, max }: PageLimits): number {
  const text = queryText(query, 'limit');
  if (text === null) return fallback;
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return limit;
  throw invalidRequest(`Invalid 'limit': expected an integer from 1 to ${max}.`, {
    param: 'limit',
    code: limit < 1 ? 'integer_below_min_value' : 'integer_above_max_value',
  });
}

/** The `order` of a list that has one. */
export function readOrder(query: JsonObject): 'asc' | 'desc' {
  const order = queryText(query, 'order') ?? 'desc';
  if (order === 'asc' || order === 'desc') return order;
  throw invalidValue('order', order, ['asc', 'desc']);
}
