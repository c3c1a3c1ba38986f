import type { ProviderBatch } from '@batch-gpt/contracts';
import type { ProviderSnapshot } from '@batch-gpt/domain';

/** What a batch's record keeps of the provider's answer. */
export function snapshotOf(batch: ProviderBatch): ProviderSnapshot {
  return {
    status: batch.status,
    outputFileId: batch.output_file_id,
    errorFileId: batch.error_file_id,
    createdAt: batch.created_at,
    inProgressAt: batch.in_progress_at,
    finalizingAt: batch.finalizing_at,
    completedAt: batch.completed_at,
    failedAt: batch.failed_at,
    expiredAt: batch.expired_at,
    cancellingAt: batch.cancelling_at,
    cancelledAt: batch.cancelled_at,
    expiresAt: batch.expires_at,
    counts: batch.request_counts,
    errors: batch.errors,
  };
}
