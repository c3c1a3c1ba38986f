/*
 * What no store remembers: how much waited and how many connections were held, minute by minute, as this gateway saw it
 * whenever a snapshot was taken (for a listener, a page or a scrape of metrics). A week of minutes at most; minutes in
 * which nobody looked are unknown, and are not made up.
 */
import { type OperatorSnapshot } from '@batch-gpt/contracts';

/** The most that was seen of each. */
export interface LiveSample {
  readonly pending: number;
  readonly held: number;
}

export interface LiveSamples {
  /** Takes what a snapshot says; one that is stale says nothing of now. */
  note(snapshot: Pick<OperatorSnapshot, 'at' | 'stale_since' | 'requests' | 'headroom'>): void;
  /** The most that was seen from one time to before another, in milliseconds; null: nobody looked. */
  between(from: number, to: number): LiveSample | null;
}

const minute = 60_000;
const keptFor = 7 * 24 * 60 * minute;

/** Keeps samples in memory. */
export function createLiveSamples(): LiveSamples {
  // In order of time, but for a clock that was set back.
  const byMinute = new Map<number, LiveSample>();

  return {
    note: ({ at, stale_since: staleSince, requests, headroom }) => {
      if (staleSince !== null) return;
      const start = Math.floor((at * 1000) / minute) * minute;
      const now = { pending: requests.accepted, held: headroom.waiters.held };
      byMinute.set(start, mostOf(byMinute.get(start) ?? now, now));
      for (const old of byMinute.keys()) {
        if (old >= start - keptFor) break;
        byMinute.delete(old);
      }
    },
    between: (from, to) => {
      let most: LiveSample | null = null;
      for (let start = Math.ceil(from / minute) * minute; start < to; start += minute) {
        const sample = byMinute.get(start);
        if (sample !== undefined) most = most === null ? sample : mostOf(most, sample);
      }
      return most;
    },
  };
}

const mostOf = (a: LiveSample, b: LiveSample): LiveSample => ({
  pending: Math.max(a.pending, b.pending),
  held: Math.max(a.held, b.held),
});
