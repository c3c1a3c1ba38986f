import { fullBucket, pauseOf, refill, type Budget, type RateBudgets, type TokenBucket } from '@batch-gpt/domain';

/** Budgets of one test, shared by all that are given them. */
export function createMemoryBudgets(monotonic: () => number): RateBudgets {
  const buckets = new Map<string, TokenBucket>();
  const ask = ({ account, kind, perHour }: Budget, wanted: number): number => {
    const name = `${account}|${kind}`;
    const bucket = refill(buckets.get(name) ?? fullBucket(perHour, monotonic()), perHour, monotonic());
    const pause = pauseOf(bucket, perHour);
    buckets.set(name, { ...bucket, tokens: bucket.tokens - (pause === 0 ? wanted : 0) });
    return pause;
  };
  return {
    take: (budget) => Promise.resolve(ask(budget, 1)),
    pause: (budget) => Promise.resolve(ask(budget, 0)),
  };
}
