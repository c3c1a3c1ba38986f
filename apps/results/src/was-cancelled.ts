import type { BatchRecord } from '@batch-gpt/domain';

/** Cancelled here or at the provider: nothing of the batch is sent again. */
export function wasCancelled({ provider, cancelRequestedAt }: BatchRecord): boolean {
  return cancelRequestedAt !== null || provider?.status === 'cancelled' || provider?.status === 'cancelling';
}
