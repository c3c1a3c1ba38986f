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
import type { StepDeps } from '../batcher-deps.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from '../step.ts';
import { hasHeadroom } from '../token-headroom.ts';
import { answerRefusal, endLate, restWhileParked } from './answer-refusal.ts';
import { batchMetadata } from './batch-metadata.ts';
import { snapshotOf } from './provider-snapshot.ts';

/** Writes the intent and posts the create, exactly once. */
export async function createOnce(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  const resting = await restWhileParked(deps, batch);
  if (resting !== null) return resting;
  if (batch.inputFileId === null || signal.aborted) return left;
  if (!(await hasHeadroom(deps, batch))) return waitForHeadroom(deps, batch);
  const pause = await deps.budgets.take(batch.account, 'creations');
  if (pause > 0) return wait(pause);
  const change = { attempt: batch.attempt + 1, intentAt: deps.clock.now(), fencedAt: null };
  // A fence stands for one attempt: the file that an earlier one deleted says nothing of this one's.
  memory.fencedAt = null;
  const intent = await deps.batches.move(batch, { to: 'submitting', change, at: deps.clock.now() });
  return intent === null ? left : postOnce(deps, intent, batch.inputFileId, memory);
}

/** Others of its account and model have to end first; its callers are told at the deadline. */
async function waitForHeadroom(deps: StepDeps, batch: BatchRecord): Promise<Step> {
  const cause = {
    status: 429,
    type: 'rate_limit_error',
    code: 'token_limit_exceeded',
    message: `as many tokens as allowed are enqueued for model ${batch.model}`,
    param: null,
  };
  return (await endLate(deps, batch, { cause, parkedFor: 0 })) ?? wait(deps.timings.pollMax);
}

async function postOnce(deps: StepDeps, intent: BatchRecord, inputFileId: string, memory: RunMemory): Promise<Step> {
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
