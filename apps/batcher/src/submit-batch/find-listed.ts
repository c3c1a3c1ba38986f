import type { ProviderBatch } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { StepDeps } from '../batcher-deps.ts';

/**
 * Looks through the provider's list, newest first, for a batch of this record. It stops at what is older than the input
 * file's own creation by a margin: the provider's clock, not ours, and no batch is older than its input file.
 */
export async function findListed(
  deps: Pick<StepDeps, 'provider' | 'timings'>,
  batch: BatchRecord,
  matches: (candidate: ProviderBatch) => boolean,
  signal: AbortSignal,
): Promise<ProviderBatch | null> {
  const oldest = (batch.inputFileCreatedAt ?? 0) - deps.timings.listMargin / 1000;
  let after: string | null = null;
  for (;;) {
    const { batches, hasMore }: { batches: readonly ProviderBatch[]; hasMore: boolean } =
      await deps.provider.listBatches(after, signal);
    const found = batches.find(matches);
    if (found !== undefined) return found;
    const last = batches.at(-1);
    if (last === undefined || !hasMore || last.created_at < oldest) return null;
    after = last.id;
  }
}
