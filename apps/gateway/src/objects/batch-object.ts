import { type BatchObject } from '@batch-gpt/contracts';
import { type BatchRecord, type FailureCause } from '@batch-gpt/domain';
import { batchStatus } from './batch-status.ts';
import { unixSeconds as seconds } from './unix-seconds.ts';

const day = 24 * 3600;

/** One of our batches in the shape of OpenAI's; before the provider knows it, it shows as `validating`. */
export function toBatchObject(batch: BatchRecord): BatchObject {
  const { provider } = batch;
  const status = batchStatus(batch);
  const createdAt = seconds(batch.createdAt);
  const settledAt = batch.state === 'settled' ? seconds(batch.updatedAt) : null;
  return {
    id: batch.id,
    object: 'batch',
    endpoint: batch.endpoint,
    model: batch.model,
    errors: errorsOf(batch),
    input_file_id: batch.inputFileId ?? '',
    completion_window: '24h',
    status,
    output_file_id: provider?.outputFileId ?? null,
    error_file_id: provider?.errorFileId ?? null,
    created_at: createdAt,
    in_progress_at: provider?.inProgressAt ?? null,
    expires_at: provider?.expiresAt ?? createdAt + day,
    finalizing_at: provider?.finalizingAt ?? null,
    completed_at: provider?.completedAt ?? null,
    failed_at: provider?.failedAt ?? (status === 'failed' ? settledAt : null),
    expired_at: provider?.expiredAt ?? null,
    cancelling_at:
      provider?.cancellingAt ?? (batch.cancelRequestedAt === null ? null : seconds(batch.cancelRequestedAt)),
    cancelled_at: provider?.cancelledAt ?? (status === 'cancelled' ? settledAt : null),
    request_counts: countsOf(batch),
    usage: usageOf(batch),
    metadata: metadataOf(batch),
  };
}

/** The provider's own errors, or what failed every member; and why nobody can say when it will end. */
function errorsOf({ provider, cause, trouble }: BatchRecord): BatchObject['errors'] {
  const told = provider === null || provider.errors.length === 0 ? errorOf(cause) : provider.errors;
  const data = [...told, ...errorOf(trouble)];
  return data.length === 0 ? null : { object: 'list', data };
}

const errorOf = (cause: FailureCause | null) =>
  cause === null ? [] : [{ code: cause.code, message: cause.message, param: cause.param, line: null }];

function countsOf({ billed, provider, sizes }: BatchRecord): BatchObject['request_counts'] {
  if (billed !== null) return { total: sizes.lines, completed: billed.succeeded, failed: billed.failed };
  return { total: sizes.lines, completed: provider?.counts.completed ?? 0, failed: provider?.counts.failed ?? 0 };
}

function usageOf({ billed }: BatchRecord): BatchObject['usage'] {
  if (billed === null) return null;
  const { inputTokens, cachedTokens, outputTokens } = billed;
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: cachedTokens },
    output_tokens: outputTokens,
    // How many of them were reasoning is not kept; a constant would be a lie.
    output_tokens_details: {},
    total_tokens: inputTokens + outputTokens,
  };
}

/** OpenAI's clients know nothing else where our own facts could stand. */
function metadataOf({ providerBatchId, state }: BatchRecord): Record<string, string> {
  return { batch_gpt_state: state, ...(providerBatchId === null ? {} : { provider_batch_id: providerBatchId }) };
}
