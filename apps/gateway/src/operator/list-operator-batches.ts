/*
 * A page of batches of all tenants: open ones, newest first, then settled ones, latest first. `after` names the part
 * that it goes on in: `open-…` or `settled-…`.
 */
import { finalProviderStatuses, type BatchId, type TenantId } from '@batch-gpt/contracts';
import { type BatchRecord, type BatchStore, type Place, type WorkOverview } from '@batch-gpt/domain';
import { batchStatus } from '../objects/batch-status.ts';
import { unknownAfter } from '../routes/read-paging.ts';
import { type Within } from '../within.ts';
import { formatPlace, readBatchPlace } from './places.ts';
import { readOpenBatches } from './read-open-batches.ts';

export interface ListOperatorBatchesDeps {
  readonly batches: Pick<BatchStore, 'open'>;
  readonly overview: Pick<WorkOverview, 'settledBatches'>;
  readonly within: Within;
}

/** Which batches; null: any. */
export interface BatchesWanted {
  /** OpenAI's word. */
  readonly status: string | null;
  readonly tenant: TenantId | null;
  readonly after: string | null;
  readonly limit: number;
}

/** A page, and the `after` of the one that follows. */
export interface FoundBatches {
  readonly found: readonly BatchRecord[];
  readonly next: string | null;
}

const pageSize = 200;
const mostPages = 10;

/**
 * Reads one page. A status is no column: of settled batches at most 2,000 are looked at, and a page that ends there is
 * short, perhaps empty, though more follow.
 */
export async function listOperatorBatches(deps: ListOperatorBatchesDeps, wanted: BatchesWanted): Promise<FoundBatches> {
  const { status, limit } = wanted;
  const { part, place } = readAfter(wanted.after);
  const matches = (batch: BatchRecord) =>
    (wanted.tenant === null || batch.tenant === wanted.tenant) && (status === null || batchStatus(batch) === status);
  // An open batch never has a final status: see `batchStatus`.
  const isOver = status !== null && finalProviderStatuses.has(status);
  const open = part === 'settled' || isOver ? [] : (await openAfter(deps, place)).filter(matches);
  if (open.length > limit) return endingAt('open', open.slice(0, limit));

  const found = [...open];
  let last = part === 'settled' ? place : null;
  for (let page = 0; page < mostPages; page += 1) {
    const read = await deps.within(deps.overview.settledBatches(last, pageSize));
    found.push(...read.filter(matches));
    if (found.length > limit) return endingAt(limit === open.length ? 'open' : 'settled', found.slice(0, limit));
    const oldest = read.at(-1);
    if (oldest === undefined || read.length < pageSize) return { found, next: null };
    last = { at: oldest.updatedAt, id: oldest.id };
  }
  return { found, next: last === null ? null : `settled-${formatPlace(last)}` };
}

type Part = 'open' | 'settled';

function readAfter(after: string | null): { readonly part: Part; readonly place: Place<BatchId> | null } {
  if (after === null) return { part: 'open', place: null };
  const [, part, place] = /^(open|settled)-(.+)$/.exec(after) ?? [];
  if (place === undefined) throw unknownAfter('batch');
  return { part: part === 'open' ? 'open' : 'settled', place: readBatchPlace(place) };
}

async function openAfter(
  { batches, within }: ListOperatorBatchesDeps,
  place: Place<BatchId> | null,
): Promise<readonly BatchRecord[]> {
  const { found } = await readOpenBatches(batches, within);
  const comesAfter = ({ createdAt, id }: BatchRecord) =>
    place === null || createdAt < place.at || (createdAt === place.at && id < place.id);
  return found.toReversed().filter(comesAfter);
}

function endingAt(part: Part, found: readonly BatchRecord[]): FoundBatches {
  const last = found.at(-1);
  if (last === undefined) return { found, next: null };
  const at = part === 'open' ? last.createdAt : last.updatedAt;
  return { found, next: `${part}-${formatPlace({ at, id: last.id })}` };
}
