import type { ProviderFile, ProviderBatch } from '@batch-gpt/contracts';
import type { BatchRecord, FailureCause, SubmitAnswer } from '@batch-gpt/domain';
import type { StepDeps } from '../batcher-deps.ts';
import type { Parking } from '../parked-account.ts';
import { left, movedOrLeft, wait, type RunMemory, type Step } from '../step.ts';
import { returnRowsOf, voidBatch } from '../void-batch.ts';

type Refusal = Exclude<SubmitAnswer<ProviderFile | ProviderBatch>, { kind: 'done' | 'doubtful' }>;

/**
 * What a batch does after the provider definitely did not take its upload or create: wait as told, wait for the
 * account, or go into the poison search. The batch is `claimed` or `uploaded`: nothing of it is in flight.
 */
export async function answerRefusal(
  deps: StepDeps,
  batch: BatchRecord,
  refusal: Refusal,
  memory: RunMemory,
): Promise<Step> {
  deps.metrics.batchSubmitErrors.inc({ reason: refusal.kind });
  switch (refusal.kind) {
    case 'wait':
      deps.logger.warn('provider asked to slow down', { retryAfter: refusal.retryAfter, code: refusal.cause.code });
      return (await endLate(deps, batch, { cause: refusal.cause, parkedFor: 0 })) ?? wait(refusal.retryAfter);
    case 'parked':
      deps.account.park(refusal.cause);
      deps.logger.error('account parked: the provider refuses to take work', {
        code: refusal.cause.code,
        status: refusal.cause.status,
      });
      return wait(deps.account.parked()?.remaining ?? deps.timings.pollMax);
    case 'refused':
      return isFileNotFound(refusal.cause)
        ? fileNotFound(deps, batch, memory)
        : searchPoison(deps, batch, refusal.cause);
  }
}

/**
 * Before an intent a batch may give up as a whole once it, or its account, has waited for the deadline; its callers are
 * told what the provider said. Null while there is time.
 */
export async function endLate(
  deps: Pick<StepDeps, 'batches' | 'clock' | 'timings'>,
  batch: BatchRecord,
  { cause, parkedFor }: Pick<Parking, 'cause' | 'parkedFor'>,
): Promise<Step | null> {
  const waited = Math.max(deps.clock.now() - batch.createdAt, parkedFor);
  if (waited < deps.timings.submitDeadline) return null;
  const late: FailureCause = {
    status: 503,
    type: 'service_unavailable_error',
    code: 'submit_deadline_exceeded',
    message: `Batch ${batch.id} could not be submitted in time. What stood in the way: ${cause.message}`,
    param: null,
  };
  return movedOrLeft(await deps.batches.move(batch, { to: 'ended', change: { cause: late }, at: deps.clock.now() }));
}

/** A step that waits, or ends the batch, while the account rests; null while it may be tried. */
export async function restWhileParked(
  deps: Pick<StepDeps, 'account' | 'batches' | 'clock' | 'timings'>,
  batch: BatchRecord,
): Promise<Step | null> {
  const parking = deps.account.parked();
  return parking === null ? null : ((await endLate(deps, batch, parking)) ?? wait(parking.remaining));
}

/** Seen on the wire for files that exist: 400 or a failed batch that "cannot find" its input. */
export function isFileNotFound(cause: { readonly message: string; readonly param: string | null }): boolean {
  return cause.param === 'file_id' || cause.message.includes('Cannot find file');
}

/** Tries with the same file three times over minutes, then uploads again. */
export async function fileNotFound(deps: StepDeps, batch: BatchRecord, memory: RunMemory): Promise<Step> {
  memory.refusals += 1;
  if (memory.refusals <= 3) return wait(deps.timings.pollMax * memory.refusals);
  memory.refusals = 0;
  const change = { inputFileId: null, inputFileCreatedAt: null };
  return movedOrLeft(
    await deps.batches.move(batch, { to: 'claimed', change, note: 'input file not found', at: deps.clock.now() }),
  );
}

/**
 * The provider refused the whole file and named no line: halve it until the bad line is alone, which then fails with
 * the provider's error. Legal from every state in which nothing of the batch is in flight or billed.
 */
export async function searchPoison(deps: StepDeps, batch: BatchRecord, cause: FailureCause): Promise<Step> {
  if (batch.sizes.lines <= 1) {
    return movedOrLeft(
      await deps.batches.move(batch, { to: 'ended', change: { cause }, note: cause.code, at: deps.clock.now() }),
    );
  }
  const pause = await deps.budgets.take(batch.account, 'halvings');
  if (pause > 0) {
    // Its callers are told at the deadline, not when the budget has filled again.
    const remaining = Math.max(1000, batch.createdAt + deps.timings.submitDeadline - deps.clock.now());
    return (await endLate(deps, batch, { cause, parkedFor: 0 })) ?? wait(Math.min(pause, remaining));
  }
  const depth = batch.depth + 1;
  deps.logger.warn('provider refused a whole file, halving it', { code: cause.code, depth, lines: batch.sizes.lines });
  if (!(await voidBatch(deps, batch, `poison search: ${cause.code}`, { depth }))) return left;
  const groups = await returnRowsOf(deps, { ...batch, depth });
  for (const group of groups) await deps.bells.ring(group, 'sweep');
  return left;
}
