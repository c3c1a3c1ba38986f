/*
 * Sums over what settled this month, read in pieces: what is over is read once and kept, only the last hour or two are
 * read again. A batch's totals are written once, with the move to `settled`, so a piece that is over does not change;
 * the margin is for clocks that differ.
 *
 *   month begins ─── kept, day by day ─── closed ─── read each time ─── now
 */
import { tenantId } from '@batch-gpt/contracts';
import { addSums, type SettledSum, type WorkOverview } from '@batch-gpt/domain';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';

export interface SettledThisMonthOptions {
  readonly overview: Pick<WorkOverview, 'settledSums'>;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
}

/** What settled today and this month, in UTC. */
export interface Settled {
  readonly today: readonly SettledSum[];
  readonly month: readonly SettledSum[];
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const margin = 5 * minute;

/** Of all tenants together: their number is no bound. */
const everybody = tenantId.parse('everybody');
const together = (sums: readonly SettledSum[]): readonly SettledSum[] =>
  sums.map((sum) => ({ ...sum, tenant: everybody }));

/** Reads what settled, of all tenants together; calls must not overlap. */
export function createSettledThisMonth({ overview, within, clock }: SettledThisMonthOptions): () => Promise<Settled> {
  let month = -1;
  let closed = 0;
  let kept: readonly SettledSum[] = [];

  return async () => {
    const now = clock.now();
    const begins = startOfMonth(now);
    if (begins !== month) {
      month = begins;
      closed = begins;
      kept = [];
    }
    const closesNow = Math.max(begins, Math.floor((now - margin) / hour) * hour);
    while (closed < closesNow) {
      // No single read takes more than a day's batches.
      const until = Math.min(closesNow, closed + day);
      kept = addSums([...kept, ...together(await within(overview.settledSums(closed, until)))]);
      closed = until;
    }
    const open = together(await within(overview.settledSums(closed, Number.MAX_SAFE_INTEGER)));
    const sums = addSums([...kept, ...open]);
    const today = new Date(now).toISOString().slice(0, 10);
    return { today: sums.filter((sum) => sum.day === today), month: sums };
  };
}

function startOfMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}
