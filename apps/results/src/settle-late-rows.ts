import type { BatchId, RequestKey } from '@batch-gpt/contracts';
import {
  addUnused,
  classifyRow,
  decideLine,
  endpointTable,
  keepUntil,
  noUnused,
  type BatchRecord,
  type LineContext,
  type Member,
  type RequestRecord,
  type Settlement,
  type UnusedTokens,
} from '@batch-gpt/domain';
import { announceOutcomes } from './announce-outcomes.ts';
import type { ResultsDeps } from './results-deps.ts';
import type { KeyedRow } from './settle-rows.ts';

/**
 * Results of a batch that an operator had given up: a success reaches its request if that waits for another run or
 * holds nothing but the failure of this abandonment. Everything else only counts its cost: returns the tokens of answers
 * that were of no use.
 */
export async function settleLateRows(
  deps: ResultsDeps,
  batch: BatchRecord,
  rows: readonly KeyedRow[],
  ctx: LineContext,
): Promise<UnusedTokens> {
  const { members, taken } = await lateMembers(
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
  const moved = await settleLate(deps, batch.id, settlements);
  const { readUsage } = endpointTable[batch.endpoint];
  return rows
    .filter(({ key, row }) => classifyRow(row) === 'succeeded' && !moved.has(key) && !taken.has(key))
    .reduce((unused, { row }) => addUnused(unused, readUsage(row.response?.body) ?? noUnused), noUnused);
}

async function settleLate(
  deps: ResultsDeps,
  batchId: BatchId,
  settlements: readonly Settlement[],
): Promise<ReadonlySet<RequestKey>> {
  if (settlements.length === 0) return new Set();
  const moved = await deps.requests.settleLate(batchId, settlements);
  deps.metrics.linesSettled.inc({ result: 'late' }, moved.size);
  await announceOutcomes(deps, [...moved]);
  return moved;
}

interface LateMembers {
  readonly members: ReadonlyMap<RequestKey, Member>;
  /** Those that took their answer from this batch before, when it was settled up to here. */
  readonly taken: ReadonlySet<RequestKey>;
}

/** Keeps no outcome of a page of rows when the next one is read. */
async function lateMembers(
  { requests }: Pick<ResultsDeps, 'requests'>,
  batchId: BatchId,
  keys: readonly RequestKey[],
): Promise<LateMembers> {
  const members = new Map<RequestKey, Member>();
  const taken = new Set<RequestKey>();
  for (let left = keys; left.length > 0;) {
    const { rows, rest } = await requests.lookup(left);
    for (const record of rows.values()) {
      if (mayTakeLate(record, batchId)) members.set(record.key, memberOf(record));
      else if (record.outcome?.batchId === batchId) taken.add(record.key);
    }
    left = rest;
  }
  return { members, taken };
}

function memberOf(record: RequestRecord): Member {
  const { key, base, attempt, rounds, shareable, limited, cacheTtl, endpoint } = record;
  return { key, isPrivate: base !== null, attempt, rounds, shareable, limited, cacheTtl, endpoint };
}

function mayTakeLate(record: RequestRecord, batchId: BatchId): boolean {
  if (record.state === 'accepted') return true;
  return record.state === 'done' && record.batchId === batchId && record.outcome.kind === 'failed';
}
