import type { ProviderSnapshot } from '../batch.ts';
import type { Member } from '../request.ts';
import type { LineContext, LineDecision } from './line-decision.ts';
import { cancelled, failed, sendAgainAsAttempt } from './send-again.ts';

/**
 * Decides what becomes of a member that has no row although both files were read whole. Where the provider's counts
 * agree with what we have, it was lost there; otherwise it may have been run and paid, and is not sent again.
 */
export function decideMissing(member: Member, ctx: LineContext & { readonly countsAgree: boolean }): LineDecision {
  if (ctx.cancelled) return cancelled(ctx, member.attempt);
  if (ctx.countsAgree) {
    return sendAgainAsAttempt(member, ctx, 'result_missing', 'no result was returned for it.');
  }
  const message = `Batch ${ctx.batchId} ended without a result for this request, which may have been run.`;
  return failed('result_missing', message, ctx, member.attempt + 1);
}

/** Whether the provider's counts prove that missing lines were not completed: all lines counted, every 2xx row there. */
export function countsAgree(provider: ProviderSnapshot | null, lines: number, successRows: number): boolean {
  return provider !== null && provider.counts.total === lines && provider.counts.completed === successRows;
}
