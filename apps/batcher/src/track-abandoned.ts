import { finalProviderStatuses } from '@batch-gpt/contracts';
import { nextPollDelay, type BatchRecord } from '@batch-gpt/domain';
import type { StepDeps } from './batcher-deps.ts';
import { left, wait, type Step } from './step.ts';
import { snapshotOf } from './submit-batch/provider-snapshot.ts';

/** Whether nothing more can come of an abandoned batch: it never had a provider batch, or that one has ended. */
export function isOver(batch: BatchRecord): boolean {
  return batch.providerBatchId === null || finalProviderStatuses.has(batch.provider?.status ?? '');
}

/**
 * Polls a batch that an operator gave up until the provider's status is final, for what it costs and for results that
 * come late. Its members have failed already; a job on `finished-batches` does both.
 */
export async function trackAbandoned(
  deps: Pick<StepDeps, 'batches' | 'provider' | 'ended' | 'clock' | 'timings' | 'logger'>,
  batch: BatchRecord,
  signal: AbortSignal,
): Promise<Step> {
  const polled = batch.providerBatchId === null ? null : await deps.provider.getBatch(batch.providerBatchId, signal);
  if (polled !== null) {
    const change = { provider: snapshotOf(polled) };
    const seen = await deps.batches.move(batch, { to: 'abandoned', change, at: deps.clock.now() });
    if (seen === null) return left;
    if (isOver(seen)) deps.logger.info('abandoned batch ended', { status: polled.status });
    else return wait(nextPollDelay(deps.clock.now() - batch.createdAt, deps.timings, Math.random));
  } else if (!isOver(batch)) {
    return wait(deps.timings.pollMax);
  }
  await deps.ended.announceEnded(batch.id);
  return left;
}
