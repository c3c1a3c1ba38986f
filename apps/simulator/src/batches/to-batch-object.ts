import { seconds } from '../clock.ts';
import { type JsonObject } from '../json.ts';
import { type Batch, type BatchStatus } from './batch.ts';

/** The batch object on the wire: absent values are explicit nulls (reference 2.1). */
export function toBatchObject(batch: Batch): JsonObject {
  const at = (status: BatchStatus): number | null => {
    const ms = batch.enteredAtMs[status];
    return ms === undefined ? null : seconds(ms);
  };
  const absent = batch.quirks.absentId;
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.order.endpoint,
    model: batch.model,
    errors: batch.errors === null ? null : { object: 'list', data: batch.errors },
    input_file_id: batch.order.inputFileId,
    completion_window: '24h',
    status: batch.status,
    output_file_id: batch.outputFileId ?? absent,
    error_file_id: batch.errorFileId ?? absent,
    created_at: seconds(batch.createdAtMs),
    in_progress_at: at('in_progress'),
    expires_at: seconds(batch.expiresAtMs),
    finalizing_at: at('finalizing'),
    completed_at: at('completed'),
    failed_at: at('failed'),
    expired_at: at('expired'),
    cancelling_at: at('cancelling'),
    cancelled_at: at('cancelled'),
    request_counts: { ...batch.counts },
    usage: usageOf(batch),
    metadata: batch.order.metadata,
  };
}

function usageOf({ usage }: Batch): JsonObject | null {
  if (usage === null) return null;
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}
