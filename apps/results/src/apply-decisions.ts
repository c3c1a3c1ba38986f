import {
  failureOutcome,
  keepUntil,
  type BatchRecord,
  type LineDecision,
  type Member,
  type Outcome,
  type Return,
  type Settlement,
} from '@batch-gpt/domain';
import { errorTable } from '@batch-gpt/errors';
import { ordinaryGroup } from './ordinary-group.ts';
import type { ResultsDeps } from './results-deps.ts';

/** A member and what becomes of it. */
export interface DecidedMember {
  readonly member: Member;
  readonly decision: LineDecision;
}

type ApplyDeps = Pick<ResultsDeps, 'requests' | 'retention' | 'maxTextBytes' | 'metrics'>;

/** Stores what was decided; members that left the batch meanwhile stay as they are. Returns how many went back. */
export async function applyDecisions(
  { requests, retention, maxTextBytes, metrics }: ApplyDeps,
  batch: BatchRecord,
  decided: readonly DecidedMember[],
): Promise<number> {
  const group = ordinaryGroup(batch.group);
  const settlements: Settlement[] = [];
  const returns: Return[] = [];
  for (const { member, decision } of decided) {
    const { key } = member;
    if (decision.kind === 'again') {
      const { attempt, rounds } = decision;
      returns.push({ key, attempt, rounds, group });
    } else {
      const { attempt } = decision;
      const outcome = storable(decision.outcome, maxTextBytes);
      settlements.push({ key, outcome, attempt, ...keepUntil(outcome, retention, member) });
    }
  }
  const settled = settlements.length === 0 ? new Set() : await requests.settle(batch.id, settlements);
  const returned = returns.length === 0 ? new Set() : await requests.returnMembers(batch.id, returns);
  for (const { key, outcome } of settlements) if (settled.has(key)) metrics.linesSettled.inc({ result: outcome.kind });
  if (returned.size > 0) metrics.linesSettled.inc({ result: 'sent_again' }, returned.size);
  return returned.size;
}

/** The store refuses a text that it cannot hold, and with it the whole chunk: its request must fail alone. */
function storable(outcome: Outcome, maxTextBytes: number): Outcome {
  const bytes = Buffer.byteLength(outcome.body);
  if (bytes <= maxTextBytes) return outcome;
  const { status, type } = errorTable.result_missing;
  const message = `The answer has ${bytes} bytes, which is more than can be stored.`;
  const failure = { status, code: 'result_missing', message, param: null, type };
  return { ...failureOutcome(failure, outcome.batchId, outcome.at), providerRequestId: outcome.providerRequestId };
}
