import type { BatchRecord } from '@batch-gpt/domain';
import type { ResultsDeps } from './results-deps.ts';

interface Named {
  readonly counts: { readonly completed: number };
  readonly outputFileId: string | null;
  readonly errorFileId: string | null;
}

/**
 * The batch's result files, output before error. Final batches were seen without the id of a file that exists: if lines
 * were completed and no output file is named, the provider is asked once more.
 */
export async function resultFileIds(
  { provider }: Pick<ResultsDeps, 'provider'>,
  batch: BatchRecord,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const known = batch.provider;
  if (known === null) return [];
  const lacksOutput = known.counts.completed > 0 && known.outputFileId === null;
  if (!lacksOutput || batch.providerBatchId === null) return idsOf(known);
  const asked = await provider.getBatch(batch.providerBatchId, signal);
  return [asked?.output_file_id ?? known.outputFileId, asked?.error_file_id ?? known.errorFileId].filter(
    (id) => id !== null,
  );
}

function idsOf({ outputFileId, errorFileId }: Named): readonly string[] {
  return [outputFileId, errorFileId].filter((id) => id !== null);
}
