import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { formatMoment } from './format-values.ts';

/** A snapshot as one line of `name=value`, for logs and pipes. */
export function statusLine({ at, requests, batches, groups, workers, dependencies, money }: OperatorSnapshot): string {
  const facts: Readonly<Record<string, string | number>> = {
    waiting: requests.accepted,
    collected: requests.collected,
    groups: groups.length,
    open_batches: batches.open,
    ...batches.by_status,
    in_trouble: batches.in_trouble,
    settled_today: requests.settled_today.lines,
    failed_today: requests.settled_today.failed,
    spent_today_usd: money.today.spent_usd.toFixed(4),
    processes: workers.filter(({ alive }) => alive).length,
    store: dependencies.store.up ? 'up' : 'away',
    redis: dependencies.redis.up ? 'up' : 'away',
  };
  return [formatMoment(at), ...Object.entries(facts).map(([name, value]) => `${name}=${value}`)].join(' ');
}
