import type { RequestKey } from '@batch-gpt/contracts';
import type { BatchRecord, FailureCause } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { BatcherDeps } from './batcher-deps.ts';

type TroubleDeps = Pick<BatcherDeps, 'batches' | 'requests' | 'outcomes' | 'clock' | 'logger'>;

const page = 500;

/**
 * Tells everybody who waits that nobody can say when this batch will end. Its rows stay: they may be paid for, and an
 * identical call re-attaches. Returns the record as it is then, or null when the race was lost.
 */
export async function reportTrouble(
  deps: TroubleDeps,
  batch: BatchRecord,
  cause: FailureCause,
): Promise<BatchRecord | null> {
  if (batch.trouble?.code === cause.code) return batch;
  const troubled = await deps.batches.move(batch, {
    to: batch.state,
    change: { trouble: cause },
    note: `trouble: ${cause.code}`,
    at: deps.clock.now(),
  });
  if (troubled === null) return null;
  deps.logger.error('batch is in trouble', {
    batchId: batch.id,
    code: cause.code,
    providerBatchId: batch.providerBatchId,
  });
  await tellWaiters(deps, batch);
  return troubled;
}

/** The trouble is over: the batch goes on as any other. */
export async function clearTrouble(deps: TroubleDeps, batch: BatchRecord): Promise<BatchRecord | null> {
  if (batch.trouble === null) return batch;
  deps.logger.info('batch is out of trouble', { batchId: batch.id, code: batch.trouble.code });
  return deps.batches.move(batch, {
    to: batch.state,
    change: { trouble: null },
    note: 'trouble over',
    at: deps.clock.now(),
  });
}

async function tellWaiters(deps: TroubleDeps, batch: BatchRecord): Promise<void> {
  let after: RequestKey | null = null;
  for (;;) {
    const members: readonly { readonly key: RequestKey }[] = await deps.requests.members(batch.id, after, page);
    if (members.length === 0) return;
    try {
      await deps.outcomes.announceOutcomes(members.map(({ key }) => key));
    } catch (err) {
      if (!AppError.is(err, 'queue_unavailable')) throw err;
      // Gateways look at all their waiters from time to time, whatever was announced.
      deps.logger.warn('waiters of a troubled batch could not be told at once', { err });
      return;
    }
    after = members.at(-1)?.key ?? null;
  }
}

const lost = { status: 502, type: 'server_error', param: null } as const;

/** The provider answers 404 for a batch that it created, and does not list it. */
export const unknownToProvider = (batch: BatchRecord): FailureCause => ({
  ...lost,
  code: 'batch_lost',
  message: `The provider no longer knows batch ${batch.id} (${batch.providerBatchId ?? 'no provider batch'}). The request stays with it, because it may have been run; the same call finds its answer should the batch come back.`,
});

/** The provider's batch is past its own deadline and does not end. */
export const stuckAtProvider = (batch: BatchRecord): FailureCause => ({
  ...lost,
  code: 'batch_lost',
  message: `Batch ${batch.id} (${batch.providerBatchId ?? 'no provider batch'}) is past its deadline and the provider does not end it. The request stays with it, because it may have been run.`,
});

/** Whether the batch was created is still in doubt after the deadline. */
export const stillInDoubt = (batch: BatchRecord): FailureCause => ({
  ...lost,
  status: 503,
  type: 'service_unavailable_error',
  code: 'submit_deadline_exceeded',
  message: `Batch ${batch.id} could not be submitted in time, and it is not known yet whether the provider created it. The request stays with it.`,
});
