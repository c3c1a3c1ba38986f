import type { BatchId, RequestKey } from '@batch-gpt/contracts';
import {
  decideLine,
  keepUntil,
  type BatchRecord,
  type LineContext,
  type Member,
  type RequestRecord,
  type Settlement,
} from '@batch-gpt/domain';
import { announceOutcomes } from './announce-outcomes.ts';
import type { ResultsDeps } from './results-deps.ts';
import type { KeyedRow } from './settle-rows.ts';

/**
 * Results of a batch that an operator had given up: a success reaches its request if that waits for another run or
 * holds nothing but the failure of this abandonment. Everything else only counts its cost.
 */
export async function settleLateRows(
  deps: ResultsDeps,
  batch: BatchRecord,
  rows: readonly KeyedRow[],
  ctx: LineContext,
): Promise<void> {
  const members = await lateMembers(
    deps,
    batch.id,
    rows.map(({ key }) => key),
  );
  const settlements = rows.flatMap(({ key, row }): Settlement[] => {
    const member = members.get(key);
    if (member === undefined) return [];
    const decision = decideLine(row, member, ctx);
    if (decision.kind !== 'settled' || decision.outcome.kind !== 'succeeded') return [];
    const { outcome, attempt } = decision;
    if (Buffer.byteLength(outcome.body) > deps.maxTextBytes) return [];
    return [{ key, outcome, attempt, ...keepUntil(outcome, deps.retention, member) }];
  });
  if (settlements.length === 0) return;
  const moved: ReadonlySet<RequestKey> = await deps.requests.settleLate(batch.id, settlements);
  deps.metrics.linesSettled.inc({ result: 'late' }, moved.size);
  await announceOutcomes(deps, [...moved]);
}

/** Keeps no outcome of a page of rows when the next one is read. */
async function lateMembers(
  { requests }: Pick<ResultsDeps, 'requests'>,
  batchId: BatchId,
  keys: readonly RequestKey[],
): Promise<ReadonlyMap<RequestKey, Member>> {
  const members = new Map<RequestKey, Member>();
  for (let left = keys; left.length > 0;) {
    const { rows, rest } = await requests.lookup(left);
    for (const record of rows.values()) if (mayTakeLate(record, batchId)) members.set(record.key, memberOf(record));
    left = rest;
  }
  return members;
}

function memberOf(record: RequestRecord): Member {
  const { key, base, attempt, rounds, shareable, limited, cacheTtl, endpoint } = record;
  return { key, isPrivate: base !== null, attempt, rounds, shareable, limited, cacheTtl, endpoint };
}

function mayTakeLate(record: RequestRecord, batchId: BatchId): boolean {
  if (record.state === 'accepted') return true;
  return record.state === 'done' && record.batchId === batchId && record.outcome.kind === 'failed';
}
