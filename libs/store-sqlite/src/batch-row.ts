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

/** All columns but the id, in the order of {@link batchValues}. */
export const batchColumns = [
  'tenant',
  'state',
  'epoch',
  'owner',
  'beat',
  'created_at',
  'updated_at',
  'cancel_requested_at',
  'provider_batch_id',
  'facts',
] as const;

export function batchValues(record: BatchRecord): Value[] {
  const {
    id: _,
    tenant,
    state,
    epoch,
    owner,
    beat,
    createdAt,
    updatedAt,
    cancelRequestedAt,
    providerBatchId,
    ...facts
  } = record;
  return [
    tenant,
    state,
    epoch,
    owner,
    beat,
    createdAt,
    updatedAt,
    cancelRequestedAt,
    providerBatchId,
    JSON.stringify(facts),
  ];
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
