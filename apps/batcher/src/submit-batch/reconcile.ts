/*
 * submitting, with a create in doubt (its answer was lost, or its owner is gone): find out before anybody creates again.
 *
 *   list until older than the input file ── found ──▶ submitted (bound)
 *     │ not found, within the grace after the intent: wait, list again
 *     ▼
 *   delete the input file (a fence: a delayed create can no longer succeed), deletion confirmed
 *     │ wait the list lag, counted from the confirmation
 *     ▼
 *   list once more ── found ──▶ submitted (bound; if it failed because its file is gone: track sends it again)
 *     │ not found
 *     ▼
 *   claimed: nothing was created; a new upload, a new attempt
 *
 * The order matters: the wait starts at the confirmed deletion. The fence is confirmed again by every new owner, whose
 * own monotonic clock then counts the wait: no clock of a dead process is believed.
 */
import type { ProviderBatch } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { StepDeps } from '../batcher-deps.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from '../step.ts';
import { reportTrouble, stillInDoubt } from '../trouble.ts';
import { isCreatedBy } from './batch-metadata.ts';
import { findListed } from './find-listed.ts';
import { snapshotOf } from './provider-snapshot.ts';

type ReconcileDeps = Pick<
  StepDeps,
  'batches' | 'requests' | 'outcomes' | 'provider' | 'clock' | 'timings' | 'logger' | 'metrics'
>;

/** Takes one turn of reconciling. */
export async function reconcile(
  deps: ReconcileDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const fencedFor = memory.fencedAt === null ? null : deps.clock.monotonic() - memory.fencedAt;
  if (deps.clock.now() - batch.createdAt > deps.timings.submitDeadline)
    await reportTrouble(deps, batch, stillInDoubt(batch));
  const found = await findListed(deps, batch, (candidate) => isCreatedBy(batch, candidate), signal);
  if (found !== null) return bind(deps, batch, found);
  if (deps.clock.now() < (batch.intentAt ?? 0) + deps.timings.reconcileGrace) return wait(deps.timings.pollMin);
  if (fencedFor === null) return fence(deps, batch, memory, signal);
  // Only a listing that began after the wait counts, which is why the time was taken before it.
  if (fencedFor < deps.timings.fenceWait) return wait(deps.timings.fenceWait - fencedFor);
  return nothingCreated(deps, batch, memory);
}

async function bind(deps: ReconcileDeps, batch: BatchRecord, found: ProviderBatch): Promise<Step> {
  record(deps, 'bound', batch, { providerBatchId: found.id });
  const change = { providerBatchId: found.id, provider: snapshotOf(found), trouble: null };
  return movedOrLeft(
    await deps.batches.move(batch, { to: 'submitted', change, note: 'reconciled', at: deps.clock.now() }),
  );
}

async function fence(deps: ReconcileDeps, batch: BatchRecord, memory: RunMemory, signal: AbortSignal): Promise<Step> {
  if (batch.inputFileId !== null) await deps.provider.deleteFile(batch.inputFileId, signal);
  const change = { fencedAt: deps.clock.now() };
  const moved = await deps.batches.move(batch, {
    to: 'submitting',
    change,
    note: 'input file deleted',
    at: deps.clock.now(),
  });
  if (moved === null) return left;
  memory.fencedAt = deps.clock.monotonic();
  return wait(deps.timings.fenceWait);
}

async function nothingCreated(deps: ReconcileDeps, batch: BatchRecord, memory: RunMemory): Promise<Step> {
  record(deps, 'nothing_created', batch, {});
  memory.fencedAt = null;
  const change = { inputFileId: null, inputFileCreatedAt: null, intentAt: null, trouble: null };
  return movedOrLeft(
    await deps.batches.move(batch, {
      to: 'claimed',
      change,
      note: 'reconciled: nothing created',
      at: deps.clock.now(),
    }),
  );
}

/** Every reconcile is worth a person's look: it is the moment in which money could be lost. */
function record(deps: ReconcileDeps, result: string, batch: BatchRecord, facts: object): void {
  deps.metrics.batchReconciles.inc({ result });
  deps.logger.warn('create reconciled', { result, attempt: batch.attempt, ...facts });
}
