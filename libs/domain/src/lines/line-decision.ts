import type { BatchId } from '@batch-gpt/contracts';
import type { Outcome } from '../outcome.ts';

/** Runs at the provider, and batches that gave it back unrun, after which a request fails. */
export const lineLimits = { attempts: 3, rounds: 10 } as const;

/** What has to be known of the batch. */
export interface LineContext {
  readonly batchId: BatchId;
  /** When the outcome is decided, in milliseconds since the epoch. */
  readonly at: number;
  /** Somebody cancelled the batch, here or at the provider: nothing of it is sent again. */
  readonly cancelled: boolean;
}

/**
 * What becomes of a member: the provider's own word (`settled`), an explicit failure of ours (`failed`), or another
 * batch (`again`). `attempt` and `rounds` are what its row carries afterwards.
 */
export type LineDecision =
  | { readonly kind: 'settled' | 'failed'; readonly outcome: Outcome; readonly attempt: number }
  | {
      readonly kind: 'again';
      readonly countsAsAttempt: boolean;
      readonly reason: string;
      readonly attempt: number;
      readonly rounds: number;
    };
