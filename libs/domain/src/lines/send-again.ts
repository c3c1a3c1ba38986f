import { errorTable } from '@batch-gpt/errors';
import { failureOutcome } from '../failure-outcome.ts';
import type { Member } from '../request.ts';
import { lineLimits, type LineContext, type LineDecision } from './line-decision.ts';

/** Another batch for a member whose run failed, unless it was the last attempt. `said` is the provider's own word. */
export function sendAgainAsAttempt(member: Member, ctx: LineContext, reason: string, said: string): LineDecision {
  const attempt = member.attempt + 1;
  if (ctx.cancelled) return cancelled(ctx, attempt);
  if (attempt < lineLimits.attempts) {
    return { kind: 'again', countsAsAttempt: true, reason, attempt, rounds: member.rounds };
  }
  const message = `The provider failed this request ${attempt} times; the last time: ${said}`;
  return failed('attempts_exhausted', message, ctx, attempt);
}

/** Another batch for a member that was not run, unless it was the last round. */
export function sendAgainUnrun(member: Member, ctx: LineContext, reason: string, said: string): LineDecision {
  const rounds = member.rounds + 1;
  if (ctx.cancelled) return cancelled(ctx, member.attempt);
  if (rounds < lineLimits.rounds) {
    return { kind: 'again', countsAsAttempt: false, reason, attempt: member.attempt, rounds };
  }
  const message = `The provider did not run this request in ${rounds} batches; the last time: ${said}`;
  return failed('rounds_exhausted', message, ctx, member.attempt);
}

/** After any cancel a member without an answer of its own fails. */
export function cancelled(ctx: LineContext, attempt: number): LineDecision {
  return failed(
    'batch_cancelled',
    `Batch ${ctx.batchId} was cancelled before this request was answered.`,
    ctx,
    attempt,
  );
}

type FailureCode = 'attempts_exhausted' | 'rounds_exhausted' | 'batch_cancelled' | 'result_missing';

/** An explicit failure under one of our own codes. */
export function failed(code: FailureCode, message: string, ctx: LineContext, attempt: number): LineDecision {
  const { status, type } = errorTable[code];
  const outcome = failureOutcome({ status, code, message, param: null, type }, ctx.batchId, ctx.at);
  return { kind: 'failed', outcome, attempt };
}
