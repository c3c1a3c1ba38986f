/*
 * submitted: poll until the provider's status is final. A poll error or an unknown status never ends polling.
 *
 *   failed                             ─▶ decided by decide-failed.ts
 *   completed, expired, cancelled      ─▶ ended, and a job on finished-batches
 *   cancel flag                        ─▶ cancelled at the provider, then polled on: more lines may finish meanwhile
 *   404 for a while                    ─▶ looked for by listing; not listed either for as long as a create in doubt is
 *                                         looked for: trouble, polled on
 *   past expires_at by an hour         ─▶ trouble, polled on
 *
 * Trouble tells the waiters and moves no row; it is over as soon as the provider knows and ends the batch.
 */
import { finalProviderStatuses, knownProviderStatuses, type ProviderBatch } from '@batch-gpt/contracts';
import { nextPollDelay, type BatchRecord } from '@batch-gpt/domain';
import type { StepDeps } from './batcher-deps.ts';
import { decideFailed } from './decide-failed.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from './step.ts';
import { findListed } from './submit-batch/find-listed.ts';
import { snapshotOf } from './submit-batch/provider-snapshot.ts';
import { clearTrouble, reportTrouble, stuckAtProvider, unknownToProvider } from './trouble.ts';

/** Polls in a row that may answer 404 before the batch is looked for by listing. */
const unknownPolls = 5;

/** Takes one poll. */
export async function trackBatch(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  if (batch.providerBatchId === null) return left;
  const polled = await poll(deps, batch, batch.providerBatchId, signal);
  deps.metrics.batchPolls.inc({ outcome: polled === null ? 'unknown_batch' : 'ok' });
  if (memory.unknownPolls === 0) memory.unknownSince = deps.clock.monotonic();
  memory.unknownPolls = polled === null ? memory.unknownPolls + 1 : 0;
  const known = polled ?? (await findIfLongUnknown(deps, batch, memory, signal));
  return known === null ? unknownBatch(deps, batch, memory) : follow(deps, batch, known, memory, signal);
}

async function follow(
  deps: StepDeps,
  batch: BatchRecord,
  polled: ProviderBatch,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  if (finalProviderStatuses.has(polled.status) && polled.status !== 'failed') return end(deps, batch, polled);
  const seen = await remember(deps, batch, polled);
  if (seen === null) return left;
  if (polled.status === 'failed') return decideFailed(deps, seen, memory, signal);
  const judged = isStuck(deps, polled)
    ? await reportTrouble(deps, seen, stuckAtProvider(seen))
    : await clearTrouble(deps, seen);
  if (judged === null) return left;
  if (!knownProviderStatuses.some((status) => status === polled.status)) {
    deps.logger.warn('unknown provider status, polling on', { status: polled.status });
  }
  const age = deps.clock.now() - (batch.intentAt ?? batch.createdAt);
  return wait(nextPollDelay(age, deps.timings, Math.random));
}

/** A wanted cancel is asked for until the provider's status says that it has begun or come too late. */
async function poll(
  deps: StepDeps,
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

async function remember(deps: StepDeps, batch: BatchRecord, polled: ProviderBatch): Promise<BatchRecord | null> {
  const provider = snapshotOf(polled);
  if (JSON.stringify(provider) === JSON.stringify(batch.provider)) return batch;
  const note = provider.status === batch.provider?.status ? {} : { note: provider.status };
  return deps.batches.move(batch, { to: 'submitted', change: { provider }, at: deps.clock.now(), ...note });
}

/**
 * What the provider said last goes with the move itself. Noted before, it could be overwritten by the note of an earlier
 * poll that the store carries out late; results would then find no files, and send again what was paid.
 */
async function end(deps: StepDeps, batch: BatchRecord, polled: ProviderBatch): Promise<Step> {
  const change = { provider: snapshotOf(polled), trouble: null };
  const ended = await deps.batches.move(batch, { to: 'ended', change, note: polled.status, at: deps.clock.now() });
  if (ended === null) return left;
  deps.metrics.batchTurnaround.observe((ended.updatedAt - (ended.intentAt ?? ended.createdAt)) / 1000);
  deps.logger.info('batch ended', { status: ended.provider?.status, counts: ended.provider?.counts });
  return movedOrLeft(ended);
}

/** Batches were seen to vanish from polls; some were listed all the same. */
async function findIfLongUnknown(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<ProviderBatch | null> {
  if (memory.unknownPolls < unknownPolls) return null;
  return findListed(deps, batch, ({ id }) => id === batch.providerBatchId, signal);
}

/** The rows stay with the batch: it may come back, and it may have been paid. */
async function unknownBatch(deps: StepDeps, batch: BatchRecord, memory: RunMemory): Promise<Step> {
  deps.logger.warn('poll answered 404 for a submitted batch', { polls: memory.unknownPolls });
  // As long as a create is looked for: lists and polls were seen to lag.
  const longUnknown = deps.clock.monotonic() - memory.unknownSince >= deps.timings.reconcileGrace;
  const isLost = memory.unknownPolls >= unknownPolls && longUnknown;
  if (isLost && (await reportTrouble(deps, batch, unknownToProvider(batch))) === null) return left;
  return wait(Math.min(deps.timings.pollMax, deps.timings.pollMin * memory.unknownPolls));
}

function isStuck({ clock, timings }: StepDeps, polled: ProviderBatch): boolean {
  return polled.expires_at !== null && clock.now() > polled.expires_at * 1000 + timings.stuckAfter;
}
