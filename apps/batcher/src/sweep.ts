/*
 * The sweep finds what signals missed, by index and in bounded pages. Any batcher may run it, any number of times.
 *
 *   groups whose oldest accepted row is past its window   ─▶ their bell rings
 *   rows that a void batch still carries                  ─▶ returned
 *   batches that ended and are not settled                ─▶ announced again
 *   what is of no use any more                            ─▶ removed (`remove-old.ts`)
 */
import type { BatchId, GroupId } from '@batch-gpt/contracts';
import type { BatcherDeps } from './batcher-deps.ts';
import { removeOld, type RemoveOldDeps } from './remove-old.ts';
import { returnRowsOf } from './void-batch.ts';

type SweepDeps = RemoveOldDeps & Pick<BatcherDeps, 'bells' | 'ended' | 'window' | 'metrics'>;

const page = 500;

/** Runs one sweep. */
export async function sweep(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const groups = await ringDueGroups(deps, signal);
  const returned = await returnRowsOfVoidBatches(deps, signal);
  const announced = await announceEndedAgain(deps, signal);
  const removed = count(deps, 'remove_expired', await removeOld(deps, signal));
  const found = { groups, returned, announced, removed };
  if (Object.values(found).some((count) => count > 0)) deps.logger.info('sweep found work', found);
}

async function ringDueGroups(deps: SweepDeps, signal: AbortSignal): Promise<number> {
  let rung = 0;
  let after: GroupId | null = null;
  while (!signal.aborted) {
    const groups = await deps.requests.groupsWithAccepted(after, page);
    for (const { group, oldestAcceptedAt } of groups) {
      if (oldestAcceptedAt + deps.window > deps.clock.now()) continue;
      await deps.bells.ring(group, 'sweep');
      rung += 1;
    }
    after = groups.at(-1)?.group ?? null;
    if (groups.length < page) break;
  }
  return count(deps, 'ring_group', rung);
}

async function returnRowsOfVoidBatches(deps: SweepDeps, signal: AbortSignal): Promise<number> {
  let batches = 0;
  let after: BatchId | null = null;
  while (!signal.aborted) {
    const ids = await deps.requests.collectedBatchIds(after, page);
    const records = await deps.batches.getMany(ids);
    for (const record of records.values()) {
      if (record.state !== 'void') continue;
      const groups = await returnRowsOf(deps, record);
      for (const group of groups) await deps.bells.ring(group, 'sweep');
      batches += 1;
    }
    after = ids.at(-1) ?? null;
    if (ids.length < page) break;
  }
  return count(deps, 'return_void_rows', batches);
}

async function announceEndedAgain(deps: SweepDeps, signal: AbortSignal): Promise<number> {
  let announced = 0;
  let after: BatchId | null = null;
  while (!signal.aborted) {
    const open = await deps.batches.open(after, page);
    for (const batch of open) {
      if (batch.state !== 'ended' && batch.state !== 'abandoned') continue;
      await deps.ended.announceEnded(batch.id);
      announced += 1;
    }
    after = open.at(-1)?.id ?? null;
    if (open.length < page) break;
  }
  return count(deps, 'announce_ended', announced);
}

function count(deps: SweepDeps, action: string, times: number): number {
  if (times > 0) deps.metrics.recoveryActions.inc({ action }, times);
  return times;
}
