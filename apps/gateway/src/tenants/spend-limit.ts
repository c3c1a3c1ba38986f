import { type TenantId, type TenantLimits } from '@batch-gpt/contracts';
import { totalCost, type BilledUsage, type PriceList, type TenantUsage } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';
import { keepReads } from './keep-reads.ts';

/** What was billed is read again after this many milliseconds. */
const readFor = 2000;
const mostNamedModels = 1000;

/** The refusal of new work for a tenant that has spent what it may; null while it has not. */
export type SpendRefusal = (tenant: TenantId, limits: Readonly<TenantLimits>) => Promise<AppError | null>;

export interface SpendLimitDeps {
  readonly usage: Pick<TenantUsage, 'spendOf'>;
  readonly prices: PriceList;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now' | 'monotonic'>;
  readonly logger: Logger;
}

/** Limits what a tenant spends, by what its settled batches were billed; what still runs comes on top. */
export function createSpendLimit({ usage, prices, within, clock, logger }: SpendLimitDeps): SpendRefusal {
  const billed = keepReads<readonly BilledUsage[]>(readFor, () => clock.monotonic());
  const named = new Set<string>();

  const spentOn = (rows: readonly BilledUsage[]): number => {
    const { batch, unknown } = totalCost(prices, rows);
    for (const model of unknown) {
      if (named.has(model) || named.size >= mostNamedModels) continue;
      named.add(model);
      logger.warn('a model without a price is not counted in what its tenants spend', { model });
    }
    return batch;
  };

  return async (tenant, { spendPerDay, spendPerMonth }) => {
    if (spendPerDay === null && spendPerMonth === null) return null;
    const now = clock.now();
    const today = dayOf(now);
    const firstOfMonth = `${today.slice(0, 7)}-01`;
    const rows = await billed(`${tenant}:${firstOfMonth}`, () => within(usage.spendOf(tenant, firstOfMonth)));
    const month = spentOn(rows);
    if (spendPerMonth !== null && month >= spendPerMonth) {
      return spent(month, spendPerMonth, { tenant, period: 'this month', again: nextMonth(now) });
    }
    const day = spentOn(rows.filter((row) => row.day === today));
    if (spendPerDay === null || day < spendPerDay) return null;
    return spent(day, spendPerDay, { tenant, period: 'today', again: nextDay(now) });
  };
}

interface Reached {
  readonly tenant: TenantId;
  readonly period: string;
  /** Milliseconds since the epoch. */
  readonly again: number;
}

const spent = (amount: number, limit: number, { tenant, period, again }: Reached) =>
  new AppError(
    'insufficient_quota',
    `The tenant '${tenant}' has spent $${amount.toFixed(2)} of the $${limit.toFixed(2)} that it may spend ${period} (UTC). ` +
      'Stored answers and requests that are under way are still served; new requests are taken again from ' +
      `${new Date(again).toISOString()} on, or when the limit is raised.`,
  );

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

function nextDay(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1);
}

function nextMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
