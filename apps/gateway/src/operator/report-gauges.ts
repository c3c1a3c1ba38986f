import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { type Metrics } from '@batch-gpt/metrics';
import { savedUsd } from './money.ts';

type Gauges = Pick<
  Metrics,
  | 'backlogRequests'
  | 'requestsPending'
  | 'oldestPendingAge'
  | 'batchesOpen'
  | 'oldestOpenBatchAge'
  | 'batchesInTrouble'
  | 'workersAlive'
  | 'connectionsMax'
  | 'dependencyLatency'
  | 'spentUsd'
  | 'savedUsd'
  | 'wastedUsd'
  | 'unpricedLines'
>;

/** Sets what a snapshot says: the numbers of both monitors, for whoever scrapes. Every gateway says the same. */
export function reportGauges(metrics: Gauges, snapshot: OperatorSnapshot): void {
  const { at, requests, batches, groups, workers, dependencies, headroom, money } = snapshot;
  const oldest = groups.reduce((least, { oldest_accepted_at: since }) => Math.min(least, since), Infinity);
  metrics.backlogRequests.set(requests.backlog);
  metrics.requestsPending.set(requests.accepted);
  metrics.oldestPendingAge.set(Number.isFinite(oldest) ? Math.max(0, at - oldest) : 0);
  // A status that no batch has any more is gone, not frozen.
  metrics.batchesOpen.reset();
  for (const [status, count] of Object.entries(batches.by_status)) metrics.batchesOpen.set({ status }, count);
  const oldestBatch = batches.oldest_created_at;
  metrics.oldestOpenBatchAge.set(oldestBatch === null ? 0 : Math.max(0, at - oldestBatch));
  metrics.batchesInTrouble.set(batches.in_trouble);
  metrics.workersAlive.reset();
  const alive = workers.filter((worker) => worker.alive);
  for (const [service, those] of Map.groupBy(alive, (worker) => worker.service)) {
    metrics.workersAlive.set({ service }, those.length);
  }
  metrics.connectionsMax.set(headroom.waiters.max);
  for (const dependency of ['store', 'redis'] as const) {
    const latency = dependencies[dependency].latency_ms;
    if (latency !== null) metrics.dependencyLatency.set({ dependency }, latency / 1000);
  }
  for (const period of ['today', 'month'] as const) {
    const { spent_usd: spent, wasted_usd: wasted, unpriced } = money[period];
    metrics.spentUsd.set({ period }, spent);
    metrics.savedUsd.set({ period }, savedUsd(money[period]));
    metrics.wastedUsd.set({ period }, wasted ?? 0);
    metrics.unpricedLines.set(
      { period },
      unpriced.reduce((sum, { lines }) => sum + lines, 0),
    );
  }
}
