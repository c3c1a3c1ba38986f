import { splitGroup, type BatchChange, type BatchRecord } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';

type VoidDeps = Pick<BatcherDeps, 'batches' | 'requests' | 'clock' | 'logger'>;

/** Gives a batch up before anything of it could be paid; its rows go back by {@link returnRowsOf} or the sweep. */
export async function voidBatch(
  deps: VoidDeps,
  batch: BatchRecord,
  note: string,
  change: BatchChange = {},
): Promise<boolean> {
  const moved = await deps.batches.move(batch, { to: 'void', note, change, at: deps.clock.now() });
  if (moved !== null) deps.logger.info('batch given up', { batchId: batch.id, note });
  return moved !== null;
}

const page = 1000;

/**
 * Returns every row that a void batch still carries to `accepted`, attempt and rounds unchanged, each into the group
 * that the batch's depth of poison search gives its key. Returns the groups that gained rows.
 */
export async function returnRowsOf(
  deps: Pick<VoidDeps, 'requests'>,
  batch: BatchRecord,
): Promise<ReadonlySet<BatchRecord['group']>> {
  const groups = new Set<BatchRecord['group']>();
  for (;;) {
    const members = await deps.requests.members(batch.id, null, page);
    if (members.length === 0) return groups;
    const returns = members.map(({ key, attempt, rounds }) => ({
      key,
      attempt,
      rounds,
      group: splitGroup(batch.group, key, batch.depth),
    }));
    await deps.requests.returnMembers(batch.id, returns);
    for (const { group } of returns) groups.add(group);
  }
}
