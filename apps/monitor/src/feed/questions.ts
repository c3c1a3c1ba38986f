import {
  type OperatorBatch,
  type OperatorBatchDetails,
  type OperatorRequest,
  type OperatorRequestDetails,
} from '@batch-gpt/contracts';
import { type StatusClient } from '@batch-gpt/status-client';
import { cleanStrings } from '../text/clean-text.ts';
import { parseRequestFilter } from '../view/parse-request-filter.ts';
import { type Tab } from '../view/tabs.ts';
import { type Target } from '../view/view-state.ts';

/** Something to be asked again whenever the system changed. */
export interface Question<T> {
  /** Of what it is about: an answer stands for every question of this name. */
  readonly name: string;
  /** Of what is asked exactly: another one is asked at once. */
  readonly key: string;
  readonly ask: (signal: AbortSignal) => Promise<T>;
}

/** The part of the client that is asked. */
export type Operator = Pick<StatusClient, 'batches' | 'batch' | 'requests' | 'request'>;

/** The rows of a tab that are in no snapshot. */
export interface Listed {
  readonly batches: readonly OperatorBatch[];
  readonly requests: readonly OperatorRequest[];
  /** The gateway has more. */
  readonly isMore: boolean;
}

export type Details =
  | { readonly kind: 'batch'; readonly batch: OperatorBatchDetails }
  | { readonly kind: 'request'; readonly request: OperatorRequestDetails };

/** Which final statuses a tab shows. */
const statusesOf: Readonly<Partial<Record<Tab, readonly string[]>>> = {
  completed: ['completed'],
  failed: ['failed', 'cancelled'],
  expired: ['expired'],
};

const pageSize = 100;
const mostRows = 1000;
const ahead = 30;

/** What has to be asked to fill a tab; null: the snapshot says it all. `index` is where the cursor is, `now` in Unix seconds. */
export function listQuestion(
  operator: Operator,
  { tab, filter, index }: { readonly tab: Tab; readonly filter: string; readonly index: number },
  now: () => number,
): Question<Listed> | null {
  const wanted = Math.min(mostRows, pageSize * Math.ceil((index + ahead) / pageSize));
  const statuses = statusesOf[tab];
  if (statuses !== undefined) {
    const ask = async (signal: AbortSignal): Promise<Listed> => {
      const lists = await Promise.all(
        statuses.map((status) => readRows((page) => operator.batches({ status, ...page }, signal), wanted)),
      );
      return { ...nothing, batches: lists.flatMap(({ rows }) => rows), isMore: lists.some(({ isMore }) => isMore) };
    };
    return { name: tab, key: `${tab} ${wanted}`, ask };
  }
  if (tab !== 'requests') return null;
  const ask = async (signal: AbortSignal): Promise<Listed> => {
    const wish = parseRequestFilter(filter, now());
    if (typeof wish === 'string') throw new Error(wish);
    const { rows, isMore } = await readRows((page) => operator.requests({ ...wish, ...page }, signal), wanted);
    return { ...nothing, requests: rows, isMore };
  };
  return { name: `${tab} ${filter}`, key: `${tab} ${filter} ${wanted}`, ask };
}

/** What has to be asked about one batch or request. */
export function detailsQuestion(operator: Operator, { kind, id }: Target): Question<Details> {
  const key = `${kind} ${id}`;
  const ask = async (signal: AbortSignal): Promise<Details> =>
    kind === 'batch'
      ? { kind, batch: cleanStrings(await operator.batch(id, signal)) }
      : { kind, request: cleanStrings(await operator.request(id, signal)) };
  return { name: key, key, ask };
}

const nothing: Listed = { batches: [], requests: [], isMore: false };

interface Page<T> {
  readonly data: readonly T[];
  readonly next: string | null;
}

const mostPages = 20;

/** Reads pages until there are enough rows; a page may be empty though more follow. */
async function readRows<T>(
  read: (page: { readonly after?: string; readonly limit: number }) => Promise<Page<T>>,
  wanted: number,
): Promise<{ readonly rows: readonly T[]; readonly isMore: boolean }> {
  const rows: T[] = [];
  let after: string | null = null;
  for (let page = 0; page < mostPages && rows.length < wanted; page += 1) {
    const { data, next }: Page<T> = cleanStrings(await read({ ...(after !== null && { after }), limit: pageSize }));
    rows.push(...data);
    after = next;
    if (next === null) return { rows, isMore: false };
  }
  return { rows, isMore: true };
}
