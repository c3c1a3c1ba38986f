import type { BatchId } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';

const page = 500;

/**
 * Whether a batch that was refused for the enqueued-token limit can ever fit: not if it is larger than the limit that
 * the provider named, and not if nothing else of its account and model is enqueued, so that nothing can make room.
 */
export async function canEverFit(
  deps: Pick<BatcherDeps, 'batches'>,
  batch: BatchRecord,
  message: string,
): Promise<boolean> {
  const limit = namedLimit(message);
  if (limit !== null && batch.sizes.tokens > limit) return false;
  return othersEnqueued(deps, batch);
}

/** Reads `Limit: 2,000,000 enqueued tokens.` Source: observed messages of `token_limit_exceeded`. */
export function namedLimit(message: string): number | null {
  const [, digits] = /Limit:\s*([\d,]{1,20})\s+enqueued tokens/i.exec(message) ?? [];
  return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}

async function othersEnqueued(deps: Pick<BatcherDeps, 'batches'>, batch: BatchRecord): Promise<boolean> {
  let after: BatchId | null = null;
  for (;;) {
    const open: readonly BatchRecord[] = await deps.batches.open(after, page);
    if (open.some((other) => isEnqueuedBeside(other, batch))) return true;
    if (open.length < page) return false;
    after = open.at(-1)?.id ?? null;
  }
}

function isEnqueuedBeside(other: BatchRecord, batch: BatchRecord): boolean {
  const same = other.account === batch.account && other.model === batch.model;
  return same && other.id !== batch.id && (other.state === 'submitted' || other.state === 'submitting');
}
