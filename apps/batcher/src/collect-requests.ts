import type { AcceptedRequestsJob } from '@batch-gpt/contracts';
import { reachedLimit } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';

type CollectDeps = Pick<BatcherDeps, 'hints' | 'bells' | 'limits' | 'window'>;

/**
 * Handles one `accepted-requests` job: adds its sizes to the group's hints and opens the group's window; a group that
 * reached a limit is closed at once. Running it twice only makes a hint too large, so a window closes early.
 */
export async function collectRequests(deps: CollectDeps, job: AcceptedRequestsJob): Promise<void> {
  const sum = await deps.hints.add(job.group, job.sizes);
  const limit = reachedLimit(sum, deps.limits);
  if (limit === null) await deps.bells.open(job.group, deps.window);
  else await deps.bells.ring(job.group, limit);
}
