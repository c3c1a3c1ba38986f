/*
 * What settled, in sixty equal steps. A step that is over does not change (a batch's totals are written once, with the
 * move to `settled`) and is kept; the margin is for clocks that differ. The cost of a read goes by what settled in the
 * steps that are not kept yet, never by what is stored.
 */
import { seriesRanges, type OperatorSeries, type SeriesPoint, type SeriesRange } from '@batch-gpt/contracts';
import {
  providerBatchLimits,
  type BatchRecord,
  type PriceList,
  type SettledSum,
  type WorkOverview,
} from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { keepReads } from '../tenants/keep-reads.ts';
import { type Within } from '../within.ts';
import { type LiveSample, type LiveSamples } from './live-samples.ts';
import { moneyOf, settledTotalsOf } from './money.ts';
import { seconds } from './seconds.ts';

export interface ReadSeriesDeps {
  readonly overview: Pick<WorkOverview, 'settledSums' | 'settledBatches'>;
  readonly samples: Pick<LiveSamples, 'between'>;
  readonly prices: PriceList;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now' | 'monotonic'>;
}

const minute = 60_000;
const margin = 5 * minute;
const points = 60;
const stepOf: Readonly<Record<SeriesRange, number>> = {
  '1h': minute,
  '6h': 6 * minute,
  '24h': 24 * minute,
  '7d': 168 * minute,
};
/** How many batches are looked at for their turnaround, the latest first. */
const batchesLookedAt = 500;
/** An answer serves everybody for this long, in milliseconds. */
const fresh = 5000;
/** Steps that are read at a time: none may keep the store from its other work. */
const atOnce = 4;

/** Gives what settled, as far back as the range says. */
export type ReadSeries = (range: SeriesRange) => Promise<OperatorSeries>;

export function createSeriesReader({ overview, samples, prices, within, clock }: ReadSeriesDeps): ReadSeries {
  const kept = new Map(seriesRanges.map((range) => [range, new Map<number, readonly SettledSum[]>()]));
  const recent = keepReads<OperatorSeries>(fresh, () => clock.monotonic());

  const sumsOf = async (range: SeriesRange, starts: readonly number[], now: number) => {
    const known = kept.get(range) ?? new Map<number, readonly SettledSum[]>();
    for (const start of known.keys()) if (start < (starts[0] ?? 0)) known.delete(start);
    const sums = new Map(known);
    const missing = starts.filter((start) => !known.has(start));
    for (let from = 0; from < missing.length; from += atOnce) {
      await Promise.all(
        missing.slice(from, from + atOnce).map(async (start) => {
          const end = start + stepOf[range];
          const read = await within(overview.settledSums(start, end));
          sums.set(start, read);
          if (end < now - margin) known.set(start, read);
        }),
      );
    }
    return sums;
  };

  const read = async (range: SeriesRange): Promise<OperatorSeries> => {
    const now = clock.now();
    const step = stepOf[range];
    const last = Math.floor(now / step) * step;
    const starts = Array.from({ length: points }, (_, index) => last - (points - 1 - index) * step);
    const [sums, batches] = await Promise.all([
      sumsOf(range, starts, now),
      within(overview.settledBatches(null, batchesLookedAt)),
    ]);
    const turnarounds = Map.groupBy(batches, ({ updatedAt }) => Math.floor(updatedAt / step) * step);
    const data = starts.map((start) =>
      pointOf(start, {
        ...{ sums: sums.get(start) ?? [], batches: turnarounds.get(start) ?? [], prices },
        live: samples.between(start, start + step),
      }),
    );
    return { object: 'batch_gpt.series', range, step_seconds: seconds(step), data };
  };
  return (range) => recent(range, () => read(range));
}

/** What one step is made of. */
interface Step {
  readonly sums: readonly SettledSum[];
  readonly batches: readonly BatchRecord[];
  readonly live: LiveSample | null;
  readonly prices: PriceList;
}

function pointOf(at: number, { sums, batches, live, prices }: Step): SeriesPoint {
  const { lines, succeeded, failed, batches: count } = settledTotalsOf(sums);
  const { spent_usd, batch_discount_usd } = moneyOf(sums, [], prices);
  return {
    ...{ at: seconds(at), lines, succeeded, failed, batches: count },
    ...{ turnaround_seconds: withinShare(batches, 0.5), turnaround_p95_seconds: withinShare(batches, 0.95) },
    fill: count === 0 ? null : lines / count / providerBatchLimits.lines,
    ...{ pending: live?.pending ?? null, held_connections: live?.held ?? null },
    ...{ spent_usd, discount_usd: batch_discount_usd },
  };
}

/** The time that a share of the batches took at most (nearest rank). */
function withinShare(batches: readonly BatchRecord[], share: number): number | null {
  const times = batches.map(({ createdAt, updatedAt }) => updatedAt - createdAt).toSorted((a, b) => a - b);
  const time = times[Math.ceil(times.length * share) - 1];
  return time === undefined ? null : seconds(Math.max(0, time));
}
