import { type OperatorBatch, type OperatorCost, type OperatorFailure } from '@batch-gpt/contracts';
import { costOf, type BatchRecord, type FailureCause, type PriceList } from '@batch-gpt/domain';
import { batchStatus } from '../objects/batch-status.ts';
import { estimateFrom } from '../objects/estimate-completion.ts';
import { seconds } from './seconds.ts';

/** What is known beside the record. */
export interface BatchView {
  readonly prices: PriceList;
  /** How long comparable batches took, in milliseconds, shortest first. */
  readonly turnarounds: readonly number[];
  readonly now: number;
}

/** A batch as operators see it. */
export function toOperatorBatch(batch: BatchRecord, view: BatchView): OperatorBatch {
  const { provider, cancelRequestedAt } = batch;
  return {
    object: 'batch_gpt.batch',
    ...{ id: batch.id, tenant: batch.tenant, account: batch.account, endpoint: batch.endpoint, model: batch.model },
    ...{ group: batch.group, state: batch.state, status: batchStatus(batch) },
    provider_batch_id: batch.providerBatchId,
    provider_status: provider?.status ?? null,
    created_at: seconds(batch.createdAt),
    updated_at: seconds(batch.updatedAt),
    settled_at: batch.state === 'settled' ? seconds(batch.updatedAt) : null,
    expires_at: provider?.expiresAt ?? null,
    cancel_requested_at: cancelRequestedAt === null ? null : seconds(cancelRequestedAt),
    counts: countsOf(batch),
    ...{ bytes: batch.sizes.bytes, attempt: batch.attempt, depth: batch.depth, owner: batch.owner },
    trouble: failureOf(batch.trouble),
    failure: failureOf(batch.cause) ?? providersFailure(batch),
    estimate: estimateOf(batch, view),
    cost: costOfBatch(batch, view.prices),
  };
}

export function failureOf(cause: FailureCause | null): OperatorFailure | null {
  if (cause === null) return null;
  const { code, message, type, param } = cause;
  return { code, message, type, param };
}

function countsOf({ billed, provider, sizes }: BatchRecord): OperatorBatch['counts'] {
  const { completed, failed } = provider?.counts ?? { completed: 0, failed: 0 };
  if (billed === null) return { total: sizes.lines, completed, failed };
  return { total: sizes.lines, completed: billed.succeeded, failed: billed.failed };
}

function providersFailure({ provider }: BatchRecord): OperatorFailure | null {
  const [first] = provider?.errors ?? [];
  return first === undefined ? null : { code: first.code, message: first.message, type: null, param: first.param };
}

function estimateOf(batch: BatchRecord, { turnarounds, now }: BatchView): OperatorBatch['estimate'] {
  if (batch.state === 'settled' || batch.state === 'void' || batch.trouble !== null) return null;
  const estimate = estimateFrom({ start: batch.createdAt, turnarounds, now });
  if (estimate === null) return null;
  const { completes_at, completes_by, samples } = estimate;
  return { completes_at, completes_by, samples };
}

function costOfBatch({ billed, model }: BatchRecord, prices: PriceList): OperatorCost | null {
  const cost = billed === null ? null : costOf(prices, model, billed);
  return cost && { batch_usd: cost.batch, list_usd: cost.list };
}
