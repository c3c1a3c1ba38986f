import type { BatchRecord } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { endedFor } from './ended-for.ts';
import type { ReadingProvider, ResultsDeps } from './results-deps.ts';

/**
 * The batch's result files, output before error. Final batches were seen without the id of a file that exists: if lines
 * were completed and no output file is named, the provider is asked again. Throws AppError `provider_unavailable` while
 * it may still name one, because the lines in it are paid for; after `stuckAfter` what is there has to do.
 */
export async function resultFileIds(
  { provider, clock, stuckAfter }: Pick<ResultsDeps, 'clock' | 'stuckAfter'> & { readonly provider: ReadingProvider },
  batch: BatchRecord,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const known = batch.provider;
  if (known === null) return [];
  const lacksOutput = known.counts.completed > 0 && known.outputFileId === null;
  if (!lacksOutput || batch.providerBatchId === null) return named(known.outputFileId, known.errorFileId);
  const asked = await provider.getBatch(batch.providerBatchId, signal);
  const outputFileId = asked?.output_file_id ?? null;
  if (outputFileId === null && endedFor(batch, clock.now()) < stuckAfter) {
    throw new AppError('provider_unavailable', 'The provider does not name the output file of a batch yet.', {
      details: { providerBatchId: batch.providerBatchId },
    });
  }
  return named(outputFileId, asked?.error_file_id ?? known.errorFileId);
}

function named(...ids: readonly (string | null)[]): readonly string[] {
  return ids.filter((id) => id !== null);
}
