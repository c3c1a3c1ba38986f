/*
 * uploaded ─▶ submitting ─▶ submitted: the intent is durable before the create, and one intent creates once.
 *
 *   done      ─▶ submitted
 *   doubtful  ─▶ stays submitting: whoever goes on must reconcile, never create
 *   refused   ─▶ uploaded, before any waiting: the next create has its own intent
 *
 * The create is not aborted at shutdown: its own timeout bounds it, and a half-known answer costs minutes.
 */
import type { BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from '../batcher-deps.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from '../step.ts';
import { answerRefusal, restWhileParked } from './answer-refusal.ts';
import { batchMetadata } from './batch-metadata.ts';
import { snapshotOf } from './provider-snapshot.ts';

/** Writes the intent and posts the create, exactly once. */
export async function createOnce(
  deps: BatcherDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const resting = await restWhileParked(deps, batch);
  if (resting !== null) return resting;
  if (batch.inputFileId === null || signal.aborted) return left;
  const pause = deps.account.creations.take();
  if (pause > 0) return wait(pause);
  const change = { attempt: batch.attempt + 1, intentAt: deps.clock.now(), fencedAt: null };
  // A fence stands for one attempt: the file that an earlier one deleted says nothing of this one's.
  memory.fencedAt = null;
  const intent = await deps.batches.move(batch, { to: 'submitting', change, at: deps.clock.now() });
  return intent === null ? left : postOnce(deps, intent, batch.inputFileId, memory);
}

async function postOnce(deps: BatcherDeps, intent: BatchRecord, inputFileId: string, memory: RunMemory): Promise<Step> {
  const started = deps.clock.monotonic();
  const answer = await deps.provider.createBatch(
    { inputFileId, endpoint: intent.endpoint, metadata: batchMetadata(intent) },
    AbortSignal.timeout(deps.timings.createTimeout),
  );
  deps.metrics.batchSubmitDuration.observe((deps.clock.monotonic() - started) / 1000);
  switch (answer.kind) {
    case 'done': {
      deps.account.works();
      const change = { providerBatchId: answer.value.id, provider: snapshotOf(answer.value) };
      deps.logger.info('batch submitted', { attempt: intent.attempt, providerBatchId: answer.value.id });
      return movedOrLeft(await deps.batches.move(intent, { to: 'submitted', change, at: deps.clock.now() }));
    }
    case 'doubtful':
      deps.metrics.batchSubmitErrors.inc({ reason: 'doubtful' });
      deps.logger.warn('create in doubt, reconciling', { attempt: intent.attempt, err: answer.error });
      return { kind: 'moved', batch: intent };
    case 'wait':
    case 'parked':
    case 'refused': {
      const back = await deps.batches.move(intent, { to: 'uploaded', note: answer.cause.code, at: deps.clock.now() });
      return back === null ? left : answerRefusal(deps, back, answer, memory);
    }
  }
}
