import { AppError } from '@batch-gpt/errors';
import { type IncomingMessage } from 'node:http';
import { type Caller } from '../tenant-of.ts';
import { idsMadeFor } from './note-ids.ts';
import { type ListAnswer, ownPage, type OwnPageOptions } from './own-page.ts';
import { type OpenAccount, type Ownership } from './ownership.ts';
import { readBounded } from './read-bounded.ts';
import { type ListItem, readList } from './read-list.ts';
import { type RelayTarget } from './relay-target.ts';

export interface RelayListOptions {
  readonly target: RelayTarget;
  readonly caller: Caller;
  readonly account: OpenAccount;
  readonly ownership: Ownership;
  readonly isShared: boolean;
  /** Asks the provider with this query. */
  readonly ask: (search: string) => Promise<IncomingMessage>;
}

const largestPage = 16 * 1024 * 1024;

/** Reads a list of the provider and leaves what the caller may see. */
export async function relayList(options: RelayListOptions): Promise<ListAnswer> {
  const { target, caller, account, ownership, isShared, ask } = options;
  const query = new URLSearchParams(target.search);
  if (isShared) await checkCursors(query, options);
  return ownPage({
    ...sizesOf(target, query.get('limit')),
    query,
    fetchPage: async (paging) => readAnswer(await ask(`?${paging.toString()}`)),
    keep: async (items) => {
      if (!isShared) return items.filter((item) => !isBatchInput(item));
      const owned = await ownedAmong(options, items);
      const own = items.filter(({ id }) => owned.has(id));
      await ownership.note(caller, account, own.flatMap(idsMadeFor));
      return own;
    },
  });
}

async function readAnswer(answer: IncomingMessage): Promise<ListAnswer> {
  const { statusCode = 0 } = answer;
  // A part of a list, or any other success that is not read here, would show what is not the caller's.
  if (statusCode >= 300) return { kind: 'answer', answer };
  const list = statusCode === 200 ? readList(await readBounded(answer, largestPage)) : null;
  if (statusCode !== 200) answer.destroy();
  if (list !== null) return { kind: 'list', list };
  throw new AppError('unknown_route', 'What has no id in its path is only relayed here if it is a list.');
}

/** Whether this list is read instead of passed on: it may hold what is not the caller's, or our own input files. */
export const isFiltered = ({ segments, id }: RelayTarget, isShared: boolean): boolean =>
  id === null && (isShared || (segments.length === 1 && segments[0] === 'files'));

/**
 * What is asked for, and what the provider is asked for at a time; files come in thousands (the API's own default is
 * 10,000). A limit that is none gets the provider's own refusal.
 */
function sizesOf({ segments: [first] }: RelayTarget, given: string | null): Pick<OwnPageOptions, 'limit' | 'pageSize'> {
  const [usual, pageSize] = first === 'files' ? [10_000, '1000'] : [20, '100'];
  if (given === null) return { limit: usual, pageSize };
  const limit = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  return limit >= 1 && limit <= 10_000 ? { limit, pageSize } : { limit: 1, pageSize: given };
}

async function checkCursors(query: URLSearchParams, { caller, ownership }: RelayListOptions): Promise<void> {
  for (const name of ['after', 'before']) {
    const ids = query.getAll(name);
    const owned = await ownership.ownedAmong(caller, ids);
    if (!ids.every((id) => owned.has(id)))
      throw new AppError('invalid_value', `Invalid '${name}': no such object.`, { param: name });
  }
}

const mostLookedUp = 1000;

async function ownedAmong(
  { caller, ownership }: RelayListOptions,
  items: readonly ListItem[],
): Promise<ReadonlySet<string>> {
  const owned = new Set<string>();
  for (let at = 0; at < items.length; at += mostLookedUp) {
    const ids = items.slice(at, at + mostLookedUp).map(({ id }) => id);
    for (const id of await ownership.ownedAmong(caller, ids)) owned.add(id);
  }
  return owned;
}

/** The input files of our batches, by the name that they are uploaded with. */
const isBatchInput = ({ purpose, filename }: ListItem): boolean =>
  purpose === 'batch' && typeof filename === 'string' && /^batch_[0-9a-f]{32}\.jsonl$/.test(filename);
