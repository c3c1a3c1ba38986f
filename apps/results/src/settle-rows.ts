import type { RequestKey } from '@batch-gpt/contracts';
import { decideLine, type BatchRecord, type LineContext, type ResultRow } from '@batch-gpt/domain';
import { announceOutcomes } from './announce-outcomes.ts';
import { applyDecisions, type DecidedMember } from './apply-decisions.ts';
import type { ResultsDeps } from './results-deps.ts';

/** A request's first result row. */
export interface KeyedRow {
  readonly key: RequestKey;
  readonly row: ResultRow;
}

/** Decides and stores a chunk of rows, then announces it. Returns how many members went back. */
export async function settleRows(
  deps: ResultsDeps,
  batch: BatchRecord,
  rows: readonly KeyedRow[],
  ctx: LineContext,
): Promise<number> {
  const members = await deps.requests.membersAmong(
    batch.id,
    rows.map(({ key }) => key),
  );
  const decided: DecidedMember[] = [];
  const announced: RequestKey[] = [];
  for (const { key, row } of rows) {
    const member = members.get(key);
    const decision = member && decideLine(row, member, ctx);
    if (decision) decided.push({ member, decision });
    // Rows without a member were settled before, perhaps by a run that ended before it could announce them.
    if (decision?.kind !== 'again') announced.push(key);
  }
  const returned = await applyDecisions(deps, batch, decided);
  await announceOutcomes(deps, announced);
  return returned;
}
