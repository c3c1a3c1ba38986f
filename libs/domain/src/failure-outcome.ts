import type { BatchId } from '@batch-gpt/contracts';
import type { FailureCause } from './batch.ts';
import type { Outcome } from './outcome.ts';

/** The outcome of a request that fails for this cause: OpenAI's error envelope under the cause's status. */
export function failureOutcome(cause: FailureCause, batchId: BatchId | null, at: number): Outcome {
  const { message, type, param, code } = cause;
  return {
    kind: 'failed',
    status: cause.status,
    body: JSON.stringify({ error: { message, type, param, code } }),
    shareable: false,
    usage: null,
    providerRequestId: null,
    batchId,
    at,
  };
}
