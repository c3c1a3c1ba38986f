import { ratesBetween, type CountsThen, type Rates } from '@batch-gpt/status-client';

export interface RateWatch {
  /** Takes a snapshot, in order of time. */
  readonly look: (counts: CountsThen) => void;
  /** The rates over the minute before this moment, in Unix seconds; null until there is something to compare with. */
  readonly at: (now: number) => Rates | null;
}

const span = 60;
/** Four a second for a minute. */
const mostSamples = 240;

/** Watches how the counts grow. A system in which nothing happens sends nothing, so the moment is not that of a snapshot. */
export function createRateWatch(): RateWatch {
  let samples: readonly CountsThen[] = [];

  return {
    look: ({ at, stale_since, requests }) => {
      const last = samples.at(-1);
      const kept = last !== undefined && at < last.at ? [] : samples;
      samples = [...kept, { at, stale_since, requests }].slice(-mostSamples);
    },
    at: (now) => {
      const last = samples.at(-1);
      // The last one before the minute says how it was when the minute began.
      const first = samples.findLast(({ at }) => at <= now - span) ?? samples[0];
      if (first === undefined || last === undefined || now - first.at < 1) return null;
      return ratesBetween({ ...first, at: Math.max(first.at, now - span) }, { ...last, at: now });
    },
  };
}
