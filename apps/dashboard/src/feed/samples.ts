import { type OperatorSnapshot } from '@batch-gpt/contracts';
import { ratesBetween, type CountsThen } from '@batch-gpt/status-client';

/** What a chart of this moment needs of a snapshot. Times are Unix seconds, rates per minute. */
export interface Sample {
  readonly at: number;
  readonly pending: number;
  readonly collected: number;
  readonly held: number;
  readonly accepted: number | null;
  readonly settled: number | null;
}

/** Samples in order of time, and the counts that the next one is compared with. */
export interface Samples {
  readonly list: readonly Sample[];
  readonly compared: CountsThen | null;
}

export const noSamples: Samples = { list: [], compared: null };

const most = 600;
const shortest = 1;
/** Rates over less time than this jump about. */
const rateOver = 10;

/** Adds a snapshot, one a second at most; the oldest go. */
export function addSample({ list, compared }: Samples, snapshot: OperatorSnapshot): Samples {
  const last = list.at(-1);
  if (last !== undefined && snapshot.at - last.at < shortest) return { list, compared };
  const isDue = compared === null || snapshot.at - compared.at >= rateOver;
  const rates = compared !== null && isDue ? ratesBetween(compared, snapshot) : null;
  const sample: Sample = {
    at: snapshot.at,
    pending: snapshot.requests.accepted,
    collected: snapshot.requests.collected,
    held: snapshot.headroom.waiters.held,
    accepted: isDue ? (rates?.incoming ?? null) : (last?.accepted ?? null),
    settled: isDue ? (rates?.settled ?? null) : (last?.settled ?? null),
  };
  return { list: [...list.slice(-(most - 1)), sample], compared: isDue ? snapshot : compared };
}
