import { type BatchId, type TenantId } from '@batch-gpt/contracts';
import { type BatchRecord, type BatchStore } from '@batch-gpt/domain';
import { batchStatus } from '../objects/batch-status.ts';
import { type Within } from '../within.ts';

/** What is read for one page of a filtered list: so many pages of the store, of so many batches. */
const mostPages = 20;
const pageSize = 100;

export interface ListBatchesOptions {
  readonly batches: Pick<BatchStore, 'list'>;
  readonly within: Within;
  readonly tenant: TenantId;
  readonly after: BatchId | null;
  readonly limit: number;
  /** OpenAI's word; null: batches of every status. */
  readonly status: string | null;
}

/** A page of batches, newest first. */
export interface BatchPage {
  readonly found: readonly BatchRecord[];
  /** Where the next page goes on; null for an empty list. */
  readonly lastId: BatchId | null;
  readonly hasMore: boolean;
}

/**
 * Reads one page. A status is no column, it follows from several: the filter reads on until the page is full, 2000
 * batches at most. A page that ends there is short, perhaps empty, and its `lastId` is the last batch that was read.
 */
export async function listBatches(options: ListBatchesOptions): Promise<BatchPage> {
  const { batches, within, tenant, limit, status } = options;
  // One more than asked for tells whether there are more.
  const wanted = limit + 1;
  const size = status === null ? wanted : pageSize;
  const found: BatchRecord[] = [];
  let after = options.after;
  for (let page = 0; page < mostPages; page += 1) {
    const read = await within(batches.list(tenant, after, size));
    found.push(...read.filter((batch) => status === null || batchStatus(batch) === status));
    if (found.length >= wanted || read.length < size) return pageOf(found, limit);
    after = read.at(-1)?.id ?? after;
  }
  return { found, lastId: after, hasMore: true };
}

function pageOf(all: readonly BatchRecord[], limit: number): BatchPage {
  const found = all.slice(0, limit);
  return { found, lastId: found.at(-1)?.id ?? null, hasMore: all.length > limit };
}
