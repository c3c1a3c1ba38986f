import type { RequestKey } from '@batch-gpt/contracts';
import type { BatchRecord, LineDecision, Member } from '@batch-gpt/domain';
import { announceOutcomes } from './announce-outcomes.ts';
import { applyDecisions } from './apply-decisions.ts';
import type { ResultsDeps } from './results-deps.ts';

const page = 500;

/** Decides every member that the batch still has, page by page. Returns how many went back. */
export async function decideMembers(
  deps: ResultsDeps,
  batch: BatchRecord,
  decide: (member: Member) => LineDecision,
  signal: AbortSignal,
): Promise<number> {
  let returned = 0;
  let after: RequestKey | null = null;
  for (;;) {
    signal.throwIfAborted();
    const members: readonly Member[] = await deps.requests.members(batch.id, after, page);
    const decided = members.map((member) => ({ member, decision: decide(member) }));
    returned += await applyDecisions(deps, batch, decided);
    const ended = decided.filter(({ decision }) => decision.kind !== 'again');
    await announceOutcomes(
      deps,
      ended.map(({ member }) => member.key),
    );
    after = members.at(-1)?.key ?? null;
    if (members.length < page) return returned;
  }
}
