import { parseGroup, type OperatorGroup } from '@batch-gpt/contracts';
import { type PendingGroup } from '@batch-gpt/domain';
import { seconds } from './seconds.ts';

/** Groups that wait, the one that waits longest first. */
export function toOperatorGroups(groups: readonly PendingGroup[], window: number): OperatorGroup[] {
  return groups
    .toSorted((a, b) => a.oldestAcceptedAt - b.oldestAcceptedAt)
    .map(({ group, pending, isMore, oldestAcceptedAt }) => ({
      id: group,
      ...parseGroup(group),
      pending,
      pending_is_more: isMore,
      oldest_accepted_at: seconds(oldestAcceptedAt),
      window_closes_at: seconds(oldestAcceptedAt + window),
    }));
}
