import type { ProviderBatch } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';

/** The tag that a provider batch carries: by it a lost answer is found again. At most 16 pairs of 64 and 512 characters. */
export function batchMetadata(batch: BatchRecord): Record<string, string> {
  return {
    batch_gpt_batch: batch.id,
    batch_gpt_attempt: String(batch.attempt),
    batch_gpt_digest: batch.digest ?? '',
  };
}

/**
 * Whether a provider batch is what this record's present intent created: by batch id and attempt; by its input file
 * alone only if it is not an earlier attempt's.
 */
export function isCreatedBy(batch: BatchRecord, candidate: ProviderBatch): boolean {
  if (batch.formerProviderBatchIds.includes(candidate.id)) return false;
  const { batch_gpt_batch: id, batch_gpt_attempt: attempt } = candidate.metadata;
  if (id !== undefined) return id === batch.id && attempt === String(batch.attempt);
  return batch.inputFileId !== null && candidate.input_file_id === batch.inputFileId;
}
