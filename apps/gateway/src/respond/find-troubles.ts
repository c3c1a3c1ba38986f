import { type BatchId } from '@batch-gpt/contracts';
import { type BatchStore, type FailureCause, type RequestRecord } from '@batch-gpt/domain';
import { type Within } from '../within.ts';

/** A request that is in a batch. */
export type CollectedRecord = Extract<RequestRecord, { state: 'collected' }>;

export const isCollected = (record: RequestRecord | undefined): record is CollectedRecord =>
  record?.state === 'collected';

/** The troubles of those batches that hold these rows: one read for all of them, none where no row is in a batch. */
export async function findTroubles(
  rows: readonly CollectedRecord[],
  { batches, within }: { readonly batches: Pick<BatchStore, 'getMany'>; readonly within: Within },
): Promise<ReadonlyMap<BatchId, FailureCause>> {
  const ids = [...new Set(rows.map(({ batchId }) => batchId))];
  const found = ids.length === 0 ? [] : (await within(batches.getMany(ids))).values();
  return new Map([...found].flatMap(({ id, trouble }) => (trouble === null ? [] : [[id, trouble] as const])));
}
