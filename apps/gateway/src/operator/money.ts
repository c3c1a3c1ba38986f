import { type MoneyTotals, type SettledTotals } from '@batch-gpt/contracts';
import { priceOf, totalCost, type PriceList, type SettledSum } from '@batch-gpt/domain';

/** What sums over settled batches cost, and saved against the list price. */
export function moneyOf(sums: readonly SettledSum[], prices: PriceList): MoneyTotals {
  const { batch, list } = totalCost(prices, sums);
  const unpriced = Map.groupBy(
    sums.filter(({ model }) => priceOf(prices, model) === null),
    ({ model }) => model,
  );
  return {
    spent_usd: batch,
    list_usd: list,
    batch_discount_usd: list - batch,
    ...{ cache_hits: null, shared_calls: null, wasted_usd: null },
    unpriced: [...unpriced].map(([model, those]) => ({ model, lines: totalOf(those, 'lines') })),
  };
}

/** Lines and batches of the same sums. */
export function settledTotalsOf(sums: readonly SettledSum[]): SettledTotals {
  const byStatus = Map.groupBy(sums, ({ status }) => status);
  return {
    lines: totalOf(sums, 'lines'),
    succeeded: totalOf(sums, 'succeeded'),
    failed: totalOf(sums, 'failed'),
    sent_again: totalOf(sums, 'sentAgain'),
    batches: totalOf(sums, 'batches'),
    batches_by_status: Object.fromEntries(
      [...byStatus].toSorted().map(([status, those]) => [status, totalOf(those, 'batches')]),
    ),
  };
}

type NumberField = 'lines' | 'succeeded' | 'failed' | 'sentAgain' | 'batches';

const totalOf = (sums: readonly SettledSum[], field: NumberField): number =>
  sums.reduce((total, sum) => total + sum[field], 0);
