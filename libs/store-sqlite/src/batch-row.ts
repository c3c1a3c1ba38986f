import type { BatchId, BatchState, TenantId } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import { integer, integerOrNull, text, textOrNull, type Row } from './column.ts';

type Value = string | number | null;

/** Fields that have a column of their own: all that is searched for, compared or set alone. */
type ColumnField =
  | 'id'
  | 'tenant'
  | 'state'
  | 'epoch'
  | 'owner'
  | 'beat'
  | 'createdAt'
  | 'updatedAt'
  | 'cancelRequestedAt'
  | 'providerBatchId';

/** A record's values by column. */
export function batchValues(record: BatchRecord): Record<string, Value> {
  const { id, tenant, state, epoch, owner, beat, createdAt, updatedAt, cancelRequestedAt, providerBatchId, ...facts } =
    record;
  return {
    id,
    tenant,
    state,
    epoch,
    owner,
    beat,
    created_at: createdAt,
    updated_at: updatedAt,
    cancel_requested_at: cancelRequestedAt,
    provider_batch_id: providerBatchId,
    facts: JSON.stringify(facts),
  };
}

export function toBatchRecord(row: Row): BatchRecord {
  // Written by batchValues.
  const facts = JSON.parse(text(row, 'facts')) as Omit<BatchRecord, ColumnField>;
  return {
    ...facts,
    id: text(row, 'id') as BatchId,
    tenant: text(row, 'tenant') as TenantId,
    state: text(row, 'state') as BatchState,
    epoch: integer(row, 'epoch'),
    owner: textOrNull(row, 'owner'),
    beat: integer(row, 'beat'),
    createdAt: integer(row, 'created_at'),
    updatedAt: integer(row, 'updated_at'),
    cancelRequestedAt: integerOrNull(row, 'cancel_requested_at'),
    providerBatchId: textOrNull(row, 'provider_batch_id'),
  };
}
