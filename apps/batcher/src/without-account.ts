/*
 * A batch whose account this process does not have. Another batcher may have it, and this one may be given it again, so
 * the batch is given back and waits; nothing of it is asked of the provider meanwhile.
 *
 *   until SUBMIT_DEADLINE  ─▶ released: whoever has its account takes it over at once
 *   after it               ─▶ claimed, uploaded: ended, its callers are told
 *                             submitting, submitted: trouble, its callers are told, its rows stay (they may be paid for)
 */
import { errorTable } from '@batch-gpt/errors';
import type { BatchRecord, FailureCause } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';
import { left, movedOrLeft, type Step } from './step.ts';
import { reportTrouble } from './trouble.ts';

type WithoutDeps = Pick<BatcherDeps, 'batches' | 'requests' | 'outcomes' | 'clock' | 'logger' | 'timings'>;

/** The step of a batch whose account is not configured here. */
export async function restWithoutAccount(deps: WithoutDeps, batch: BatchRecord): Promise<Step> {
  if (isLate(deps, batch)) {
    if (batch.state === 'claimed' || batch.state === 'uploaded') {
      return movedOrLeft(await endWithoutAccount(deps, batch));
    }
    if (batch.state !== 'abandoned' && (await reportTrouble(deps, batch, withoutAccount(batch))) === null) return left;
  }
  deps.logger.info('batch waits for its account', { account: batch.account, state: batch.state });
  await deps.batches.release([{ id: batch.id, epoch: batch.epoch }]);
  return left;
}

/** Fails every member of a batch of which nothing is at the provider; null when the race was lost. */
export async function endWithoutAccount(
  deps: Pick<BatcherDeps, 'batches' | 'clock'>,
  batch: BatchRecord,
): Promise<BatchRecord | null> {
  const change = { cause: withoutAccount(batch) };
  return deps.batches.move(batch, { to: 'ended', change, at: deps.clock.now() });
}

/** Whether a batcher without the batch's account has something to do for it: clear up, or tell its callers, once. */
export function needsNoAccount(deps: Pick<BatcherDeps, 'clock' | 'timings'>, batch: BatchRecord): boolean {
  if (batch.state === 'forming') return true;
  return batch.state !== 'abandoned' && batch.trouble === null && isLate(deps, batch);
}

function isLate({ clock, timings }: Pick<BatcherDeps, 'clock' | 'timings'>, batch: BatchRecord): boolean {
  return clock.now() - batch.createdAt >= timings.submitDeadline;
}

function withoutAccount(batch: BatchRecord): FailureCause {
  const { status, type } = errorTable.account_not_configured;
  const isOut = batch.state === 'submitting' || batch.state === 'submitted';
  return {
    status,
    type,
    code: 'account_not_configured',
    message: `Batch ${batch.id} waits for provider account ${batch.account}, which is not configured.${isOut ? ' The request stays with it, because it may have been run.' : ''}`,
    param: null,
  };
}
