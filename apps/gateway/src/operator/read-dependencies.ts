import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { type GatewayClock } from '../gateway-clock.ts';
import { keepReads } from '../tenants/keep-reads.ts';

/** Asks whether they are there. */
export interface Dependencies {
  readonly store: () => Promise<unknown>;
  readonly redis: () => Promise<unknown>;
}

type Answers = OperatorSnapshot['dependencies'];

/** How long an answer may be used, in milliseconds. */
const askedFor = 2000;

/** Asks both, not more often than every two seconds. */
export function createDependenciesReader(
  { store, redis }: Dependencies,
  clock: Pick<GatewayClock, 'monotonic'>,
): () => Promise<Answers> {
  const monotonic = () => clock.monotonic();
  const asked = keepReads<Answers>(askedFor, monotonic);

  const ask = async (ping: () => Promise<unknown>): Promise<Answers['store']> => {
    const since = monotonic();
    const up = await ping().then(
      () => true,
      () => false,
    );
    return { up, latency_ms: up ? Math.round((monotonic() - since) * 10) / 10 : null };
  };
  return () =>
    asked('both', async () => {
      const [storeAnswer, redisAnswer] = await Promise.all([ask(store), ask(redis)]);
      return { store: storeAnswer, redis: redisAnswer };
    });
}
