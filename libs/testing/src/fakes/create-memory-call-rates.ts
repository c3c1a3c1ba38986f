import { takeCalls, type CallBucket, type CallRates } from '@batch-gpt/domain';

/** Rates of one test, shared by all that are given them. */
export function createMemoryCallRates(monotonic: () => number): CallRates {
  const buckets = new Map<string, CallBucket>();
  return {
    take: (rate, wanted) => {
      const { bucket, ...taken } = takeCalls(buckets.get(rate.name) ?? null, rate, wanted, monotonic());
      buckets.set(rate.name, bucket);
      return Promise.resolve(taken);
    },
  };
}
