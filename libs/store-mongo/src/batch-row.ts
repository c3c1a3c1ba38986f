import type { BatchId } from '@batch-gpt/contracts';
import type { BatchChange, BatchRecord } from '@batch-gpt/domain';

/** Version that this code writes into every document of `batches`. */
export const batchRowVersion = 1;

/** A document of `batches`; what is not known yet is null. */
export interface BatchRow extends Omit<BatchRecord, 'id'> {
  readonly _id: BatchId;
  readonly v: number;
}

export function toBatchRow({ id, ...fields }: BatchRecord): BatchRow {
  return { _id: id, v: batchRowVersion, ...fields };
}

/** Names every field, so that what an older or newer version stored besides stays inside. */
export function toBatchRecord(row: BatchRow): BatchRecord {
  return {
    id: row._id,
    tenant: row.tenant,
    account: row.account,
    endpoint: row.endpoint,
    model: row.model,
    group: row.group,
    state: row.state,
    epoch: row.epoch,
    owner: row.owner,
    beat: row.beat,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    cancelRequestedAt: row.cancelRequestedAt,
    history: row.history,
    ...changeable(row),
  };
}

function changeable(row: BatchRow): Required<BatchChange> {
  return {
    sizes: row.sizes,
    digest: row.digest,
    inputFileId: row.inputFileId,
    inputFileCreatedAt: row.inputFileCreatedAt,
    attempt: row.attempt,
    intentAt: row.intentAt,
    fencedAt: row.fencedAt,
    providerBatchId: row.providerBatchId,
    formerProviderBatchIds: row.formerProviderBatchIds,
    provider: row.provider,
    cause: row.cause,
    namedLines: row.namedLines,
    trouble: row.trouble,
    depth: row.depth,
    billed: row.billed,
  };
}
