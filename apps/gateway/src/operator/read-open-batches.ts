import { type BatchId } from '@batch-gpt/contracts';
import { type BatchRecord, type BatchStore } from '@batch-gpt/domain';
import { type Within } from '../within.ts';

const pageSize = 500;
const mostPages = 4;

/** Open batches, oldest first; 2,000 at most. */
export interface OpenBatches {
  readonly found: readonly BatchRecord[];
  readonly isMore: boolean;
}

/** Reads what is open of all tenants. */
export async function readOpenBatches(batches: Pick<BatchStore, 'open'>, within: Within): Promise<OpenBatches> {
  const found: BatchRecord[] = [];
  let after: BatchId | null = null;
  for (let page = 0; page < mostPages; page += 1) {
    const read: readonly BatchRecord[] = await within(batches.open(after, pageSize));
    found.push(...read);
    after = read.at(-1)?.id ?? null;
    if (after === null || read.length < pageSize) return { found: found.toSorted(oldestFirst), isMore: false };
  }
  return { found: found.toSorted(oldestFirst), isMore: true };
}

const oldestFirst = (a: BatchRecord, b: BatchRecord): number => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
