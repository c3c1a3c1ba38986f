/*
 * submitted: poll until the provider's status is final. A poll error or an unknown status never ends polling.
 *
 *   failed                             ─▶ decided by decide-failed.ts
 *   completed, expired, cancelled      ─▶ ended, and a job on finished-batches
 *   cancel flag                        ─▶ cancelled at the provider, then polled on: more lines may finish meanwhile
 */
import { finalProviderStatuses, knownProviderStatuses, type ProviderBatch } from '@batch-gpt/contracts';
import { nextPollDelay, type BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';
import { decideFailed } from './decide-failed.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from './step.ts';
import { snapshotOf } from './submit-batch/provider-snapshot.ts';

/** Takes one poll. */
export async function trackBatch(
  deps: BatcherDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  if (batch.providerBatchId === null) return left;
  const polled = await poll(deps, batch, batch.providerBatchId, signal);
  deps.metrics.batchPolls.inc({ outcome: polled === null ? 'unknown_batch' : 'ok' });
  if (polled === null) return unknownBatch(deps, batch, memory);
  memory.unknownPolls = 0;
  const seen = await remember(deps, batch, polled);
  if (seen === null) return left;
  if (polled.status === 'failed') return decideFailed(deps, seen, memory, signal);
  if (finalProviderStatuses.has(polled.status)) return end(deps, seen);
  alarmIfOdd(deps, seen, polled);
  const age = deps.clock.now() - (batch.intentAt ?? batch.createdAt);
  return wait(nextPollDelay(age, deps.timings, Math.random));
}

/** A wanted cancel is asked for until the provider's status says that it has begun or come too late. */
async function poll(
  deps: BatcherDeps,
  batch: BatchRecord,
  providerId: string,
  signal: AbortSignal,
): Promise<ProviderBatch | null> {
  const wanted = batch.cancelRequestedAt !== null && batch.provider?.status !== 'cancelling';
  if (!wanted) return deps.provider.getBatch(providerId, signal);
  const polled = await deps.provider.cancelBatch(providerId, signal);
  deps.logger.info('cancel asked of the provider', { status: polled?.status ?? null });
  return polled;
}

async function remember(deps: BatcherDeps, batch: BatchRecord, polled: ProviderBatch): Promise<BatchRecord | null> {
  const provider = snapshotOf(polled);
  if (JSON.stringify(provider) === JSON.stringify(batch.provider)) return batch;
  const note = provider.status === batch.provider?.status ? {} : { note: provider.status };
  return deps.batches.move(batch, { to: 'submitted', change: { provider }, at: deps.clock.now(), ...note });
}

async function end(deps: BatcherDeps, batch: BatchRecord): Promise<Step> {
  const ended = await deps.batches.move(batch, { to: 'ended', at: deps.clock.now() });
  if (ended === null) return left;
  deps.metrics.batchTurnaround.observe((ended.updatedAt - (ended.intentAt ?? ended.createdAt)) / 1000);
  deps.logger.info('batch ended', { status: ended.provider?.status, counts: ended.provider?.counts });
  return movedOrLeft(ended);
}

/** Batches were seen to vanish from polls and to come back; the rows stay with the batch. */
function unknownBatch(deps: BatcherDeps, batch: BatchRecord, memory: RunMemory): Step {
  memory.unknownPolls += 1;
  const facts = { providerBatchId: batch.providerBatchId, polls: memory.unknownPolls };
  if (memory.unknownPolls === 5) deps.logger.error('the provider does not know a submitted batch', facts);
  else deps.logger.warn('poll answered 404 for a submitted batch', facts);
  return wait(Math.min(deps.timings.pollMax, deps.timings.pollMin * memory.unknownPolls));
}

function alarmIfOdd(deps: BatcherDeps, batch: BatchRecord, polled: ProviderBatch): void {
  if (!knownProviderStatuses.some((status) => status === polled.status)) {
    deps.logger.warn('unknown provider status, polling on', { status: polled.status });
  }
  const expiresAt = polled.expires_at;
  if (expiresAt !== null && deps.clock.now() > expiresAt * 1000 + deps.timings.stuckAfter) {
    deps.logger.error('batch is stuck past its expiry', {
      providerBatchId: batch.providerBatchId,
      status: polled.status,
    });
  }
}
