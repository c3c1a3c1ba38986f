/*
 * Disturbances one after another every few hundred milliseconds, in bouts of some seconds with a calm in between: a
 * system that is never left alone proves nothing about its way back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Disturbance } from './disturbances.ts';
import type { Random } from './random.ts';

/** A storm that goes on until it is stopped. */
export interface Storm {
  /** No new disturbance; resolves when every one under way has been made good, rejects if one could not be. */
  readonly stop: () => Promise<void>;
  /** Rejects with the first disturbance that could not be made good; never resolves. */
  readonly failed: Promise<never>;
}

const everyMs = [200, 700] as const;
const boutMs = [8000, 14_000] as const;
const calmMs = [2000, 4000] as const;

/** Starts disturbing; the seed of `random` decides what, in which order and for how long. */
export function startStorm(disturbances: readonly Disturbance[], random: Random): Storm {
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  const begin = (): void => {
    const begun = random.pick(disturbances, ({ weight }) => weight).begin();
    if (begun === null) return;
    const watched = begun.finally(() => underWay.delete(watched));
    underWay.add(watched);
    watched.catch(reject);
  };
  const run = async (): Promise<void> => {
    for (let calmAt = performance.now() + random.between(...boutMs); !stopping.signal.aborted;) {
      begin();
      await unlessStopped(random.between(...everyMs), stopping.signal);
      if (performance.now() < calmAt) continue;
      await unlessStopped(random.between(...calmMs), stopping.signal);
      calmAt = performance.now() + random.between(...boutMs);
    }
  };
  const running = run();
  running.catch(reject);
  return {
    failed,
    stop: async () => {
      stopping.abort();
      await running;
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

async function unlessStopped(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
