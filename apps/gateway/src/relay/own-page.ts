/*
 * A page of a list that holds only what its caller may see. Pages of the provider are read until enough of them is found:
 * clients go on after the last element that they got, and take an empty page for the end, whatever `has_more` says.
 */
import { type IncomingMessage } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { type ListItem, type ProviderList } from './read-list.ts';

/** A list, or an answer of the provider that is passed on instead of one. */
export type ListAnswer =
  | { readonly kind: 'list'; readonly list: ProviderList }
  | { readonly kind: 'answer'; readonly answer: IncomingMessage };

export interface OwnPageOptions {
  /** The caller's own query; `limit` and `after` are replaced. */
  readonly query: URLSearchParams;
  /** How many are shown at most. */
  readonly limit: number;
  /** How many the provider is asked for at a time. */
  readonly pageSize: string;
  readonly fetchPage: (query: URLSearchParams) => Promise<ListAnswer>;
  readonly keep: (items: readonly ListItem[]) => Promise<readonly ListItem[]>;
}

/** What is read for one page at most. */
export const mostPages = 50;

/** Throws AppError `conflict` when nothing is found in a long stretch of foreign objects. */
export async function ownPage(options: OwnPageOptions): Promise<ListAnswer> {
  const { limit, pageSize, fetchPage, keep } = options;
  const query = new URLSearchParams(options.query);
  query.set('limit', pageSize);
  const found: ListItem[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const answer = await fetchPage(query);
    if (answer.kind === 'answer') return answer;
    const { list } = answer;
    found.push(...(await keep(list.data)));
    const last = list.data.at(-1);
    if (found.length > limit) return pageOf(list, found.slice(0, limit), true);
    if (list.has_more !== true || last === undefined) return pageOf(list, found, false);
    if (page === mostPages && found.length > 0) return pageOf(list, found, true);
    query.set('after', last.id);
  }
  throw new AppError(
    'conflict',
    `The first ${mostPages} pages of this list belong to others, and no more are looked through; ask for yours by their ids.`,
  );
}

function pageOf(list: ProviderList, data: readonly ListItem[], hasMore: boolean): ListAnswer {
  const [first_id, last_id] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
  return { kind: 'list', list: { ...list, data: [...data], first_id, last_id, has_more: hasMore } };
}
