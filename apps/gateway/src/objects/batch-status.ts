import { finalProviderStatuses } from '@batch-gpt/contracts';
import { type BatchRecord } from '@batch-gpt/domain';

/** OpenAI's status word for one of our batches; a final one only once every member has its outcome. */
export function batchStatus(batch: BatchRecord): string {
  switch (batch.state) {
    case 'forming':
    case 'claimed':
    case 'uploaded':
    case 'submitting':
      return batch.cancelRequestedAt === null ? 'validating' : 'cancelling';
    case 'submitted':
      return withResultsPending(batch);
    case 'ended':
    case 'abandoned':
      return withResultsPending(batch);
    case 'settled':
    case 'void':
      return batch.provider?.status ?? (batch.cancelRequestedAt === null ? 'failed' : 'cancelled');
  }
}

/** The provider may be done before we are: its results are then being read. */
function withResultsPending({ provider, cancelRequestedAt }: BatchRecord): string {
  if (provider === null) return cancelRequestedAt === null ? 'validating' : 'cancelling';
  if (!finalProviderStatuses.has(provider.status)) return cancelRequestedAt === null ? provider.status : 'cancelling';
  return provider.status === 'cancelled' ? 'cancelling' : 'finalizing';
}

/** Whether a cancellation can still change anything. */
export function isCancellable({ state }: BatchRecord): boolean {
  return state !== 'ended' && state !== 'settled' && state !== 'void' && state !== 'abandoned';
}
