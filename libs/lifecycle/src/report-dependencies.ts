import { type Metrics } from '@batch-gpt/metrics';

/** Rejects when what it asks does not answer. */
export type Ping = () => Promise<unknown>;

/** Asks the store and Redis whether they answer, and says so in the metrics; never rejects. */
export async function reportDependencies(
  metrics: Pick<Metrics, 'storeUp' | 'redisUp'>,
  { store, redis }: { readonly store: Ping; readonly redis: Ping },
): Promise<{ readonly store: boolean; readonly redis: boolean }> {
  const [storeUp, redisUp] = await Promise.all([answers(store), answers(redis)]);
  metrics.storeUp.set(storeUp ? 1 : 0);
  metrics.redisUp.set(redisUp ? 1 : 0);
  return { store: storeUp, redis: redisUp };
}

async function answers(ping: Ping): Promise<boolean> {
  try {
    await ping();
    return true;
  } catch {
    // That it does not answer is the answer; whoever needs it says why.
    return false;
  }
}
