import type { BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps, StepDeps } from './batcher-deps.ts';
import type { TakeStep } from './held-batches.ts';
import { left, movedOrLeft, type RunMemory, type Step } from './step.ts';
import { createOnce } from './submit-batch/create-once.ts';
import { prepareInputFile } from './submit-batch/prepare-input-file.ts';
import { reconcile } from './submit-batch/reconcile.ts';
import { trackAbandoned } from './track-abandoned.ts';
import { trackBatch } from './track-batch.ts';
import { returnRowsOf, voidBatch } from './void-batch.ts';
import { restWithoutAccount } from './without-account.ts';

/** One step of a batch, by its state. States that are somebody else's work are left. */
export function createTakeStep(deps: BatcherDeps): TakeStep {
  const work: TakeStep = (batch, memory, signal) => {
    const working = deps.accounts.of(batch.account);
    if (working === null) return restWithoutAccount(deps, batch);
    return workAtProvider({ ...deps, ...working }, batch, memory, signal);
  };
  return async (batch, memory, signal): Promise<Step> => {
    switch (batch.state) {
      case 'forming':
        return voidForming(deps, batch);
      case 'claimed':
      case 'uploaded':
        return batch.cancelRequestedAt === null ? work(batch, memory, signal) : endCancelled(deps, batch);
      case 'submitting':
      case 'submitted':
      case 'abandoned':
        return work(batch, memory, signal);
      case 'ended':
        await deps.ended.announceEnded(batch.id);
        return left;
      case 'settled':
      case 'void':
        return left;
    }
  };
}

async function workAtProvider(
  deps: StepDeps,
  batch: BatchRecord,
  memory: RunMemory,
  signal: AbortSignal,
): Promise<Step> {
  switch (batch.state) {
    case 'claimed':
      return prepareInputFile(deps, batch, memory, signal);
    case 'uploaded':
      return createOnce(deps, batch, memory, signal);
    case 'submitting':
      return reconcile(deps, batch, memory, signal);
    case 'submitted':
      return trackBatch(deps, batch, memory, signal);
    case 'abandoned':
      return trackAbandoned(deps, batch, signal);
    case 'forming':
    case 'ended':
    case 'settled':
    case 'void':
      return left;
  }
}

/** Only a crash leaves a `forming` record to a runner: its claim is half made and never resumed. */
async function voidForming(deps: BatcherDeps, batch: BatchRecord): Promise<Step> {
  if (await voidBatch(deps, batch, 'its owner went away while forming')) await returnRowsOf(deps, batch);
  return left;
}

/** Cancelled before anything reached the provider: every member fails, nothing was paid. */
async function endCancelled(deps: BatcherDeps, batch: BatchRecord): Promise<Step> {
  const cause = {
    status: 409,
    type: 'invalid_request_error',
    code: 'batch_cancelled',
    message: `Batch ${batch.id} was cancelled before this request was run.`,
    param: null,
  };
  return movedOrLeft(await deps.batches.move(batch, { to: 'ended', change: { cause }, at: deps.clock.now() }));
}
