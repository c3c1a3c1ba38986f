/*
 * Prompt tokens that are enqueued at the provider: it counts them by account and model and refuses a batch that would
 * go beyond the limit. What is enqueued is what our open batches of that account and model sum up to.
 */
import type { AccountId, BatchId, BatchState } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';

const page = 500;

/** Batches that the provider has, or may have. */
const atProvider: ReadonlySet<BatchState> = new Set<BatchState>(['submitting', 'submitted']);
/** Those, and the ones on their way to it. */
const open: ReadonlySet<BatchState> = new Set<BatchState>(['claimed', 'uploaded', ...atProvider]);

/** The limit of an account and model, and what of it is taken. */
export interface Room {
  readonly limit: number;
  readonly enqueued: number;
}

/** How much room a new batch of this account and model has; null where no limit is known. */
export async function roomFor(
  deps: Pick<BatcherDeps, 'batches' | 'tokenLimits'>,
  account: AccountId,
  model: string,
): Promise<Room | null> {
  const limit = deps.tokenLimits.of(account, model);
  return limit === null ? null : { limit, enqueued: await enqueuedTokens(deps, { account, model, id: null }, open) };
}

/**
 * Whether a batch may be created now. With nothing else enqueued it may in any case: only the provider's answer tells
 * whether it fits, and nothing that could be waited for would make more room.
 */
export async function hasHeadroom(
  deps: Pick<BatcherDeps, 'batches' | 'tokenLimits'>,
  batch: BatchRecord,
): Promise<boolean> {
  const limit = deps.tokenLimits.of(batch.account, batch.model);
  if (limit === null) return true;
  const others = await enqueuedTokens(deps, batch, atProvider);
  return others === 0 || others + batch.sizes.tokens <= limit;
}

/**
 * Whether a batch that was refused for the enqueued-token limit can ever fit: not if it is larger than the limit that
 * the provider named, and not if nothing else of its account and model is enqueued, so that nothing can make room.
 */
export async function canEverFit(
  deps: Pick<BatcherDeps, 'batches'>,
  batch: BatchRecord,
  limit: number | null,
): Promise<boolean> {
  if (limit !== null && batch.sizes.tokens > limit) return false;
  return (await enqueuedTokens(deps, batch, atProvider, true)) > 0;
}

/** Reads `Limit: 2,000,000 enqueued tokens.` Source: observed messages of `token_limit_exceeded`. */
export function namedLimit(message: string): number | null {
  const [, digits] = /Limit:\s*([\d,]{1,20})\s+enqueued tokens/i.exec(message) ?? [];
  return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}

/** A batch that the provider lost or does not end would hold its tokens for ever: it counts only where nothing is lost by waiting. */
async function enqueuedTokens(
  deps: Pick<BatcherDeps, 'batches'>,
  but: { readonly account: AccountId; readonly model: string; readonly id: BatchId | null },
  states: ReadonlySet<BatchState>,
  withTroubled = false,
): Promise<number> {
  let tokens = 0;
  let after: BatchId | null = null;
  for (;;) {
    const batches: readonly BatchRecord[] = await deps.batches.open(after, page);
    for (const { id, account, model, state, trouble, sizes } of batches) {
      const counts =
        account === but.account && model === but.model && id !== but.id && (withTroubled || trouble === null);
      // An estimate of nothing is still a batch that has to end.
      if (counts && states.has(state)) tokens += Math.max(1, sizes.tokens);
    }
    if (batches.length < page) return tokens;
    after = batches.at(-1)?.id ?? null;
  }
}
