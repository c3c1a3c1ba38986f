import {
  failureOutcome,
  type BatchRecord,
  type BilledTotals,
  type FailureCause,
  type LineDecision,
  type Member,
} from '@batch-gpt/domain';
import { errorTable, type ErrorCode } from '@batch-gpt/errors';
import { decideMembers } from './decide-members.ts';
import type { ResultsDeps } from './results-deps.ts';
import type { Settled } from './settle-from-files.ts';
import { wasCancelled } from './was-cancelled.ts';

/** Every member fails for one cause; nothing was run. */
export async function failAll(
  deps: ResultsDeps,
  batch: BatchRecord,
  cause: FailureCause,
  signal: AbortSignal,
): Promise<Settled> {
  await decideMembers(deps, batch, (member) => fail(deps, batch, member, cause), signal);
  return { billed: unbilled(batch.sizes.lines, 0), returned: 0 };
}

/** The lines that the provider's validation named fail with its words; all others go back unharmed. */
export async function failNamed(deps: ResultsDeps, batch: BatchRecord, signal: AbortSignal): Promise<Settled> {
  const causes = new Map<string, FailureCause>(batch.namedLines.map(({ key, cause }) => [key, cause]));
  const others = wasCancelled(batch) ? cancelledCause(batch) : null;
  const decide = (member: Member): LineDecision => {
    const cause = causes.get(member.key) ?? others;
    return cause === null ? unharmed(member) : fail(deps, batch, member, cause);
  };
  const returned = await decideMembers(deps, batch, decide, signal);
  const unnamed = Math.max(0, batch.sizes.lines - causes.size);
  return { billed: others === null ? unbilled(causes.size, unnamed) : unbilled(batch.sizes.lines, 0), returned };
}

/** What callers of a batch that an operator gave up are told. */
export function lostCause(batch: BatchRecord): FailureCause {
  return ownCause('batch_lost', `Batch ${batch.id} was given up; what came of this request is not known.`);
}

/** What callers of a batch are told whose result files cannot be read; their requests stay with it. */
export function unreadableCause(batch: BatchRecord): FailureCause {
  const message = `The results of batch ${batch.id} cannot be read from the provider. The request stays with it, because it was run.`;
  return ownCause('batch_lost', message);
}

function cancelledCause(batch: BatchRecord): FailureCause {
  return ownCause('batch_cancelled', `Batch ${batch.id} was cancelled before this request was run.`);
}

function ownCause(code: ErrorCode, message: string): FailureCause {
  const { status, type } = errorTable[code];
  return { status, code, message, param: null, type };
}

function fail(deps: ResultsDeps, batch: BatchRecord, member: Member, cause: FailureCause): LineDecision {
  const outcome = failureOutcome(cause, batch.id, deps.clock.now());
  return { kind: 'failed', outcome, attempt: member.attempt };
}

/** Neither an attempt nor a round: nothing was run, and every such batch loses at least one bad line. */
function unharmed({ attempt, rounds }: Member): LineDecision {
  return { kind: 'again', countsAsAttempt: false, reason: 'validation_failed', attempt, rounds };
}

function unbilled(failed: number, sentAgain: number): BilledTotals {
  return { succeeded: 0, failed, sentAgain, inputTokens: 0, outputTokens: 0, cachedTokens: 0 };
}
