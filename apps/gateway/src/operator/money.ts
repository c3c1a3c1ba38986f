import { type MoneyTotals, type SettledTotals } from '@batch-gpt/contracts';
import { noUnused, priceOf, totalCost, type LedgerKind, type PriceList, type SettledSum } from '@batch-gpt/domain';
import { type LedgerSum } from './ledger-this-month.ts';

/** What sums over settled batches cost, and what they and the calls that made no line saved against the list price. */
export function moneyOf(
  sums: readonly SettledSum[],
  ledger: readonly LedgerSum[] | null,
  prices: PriceList,
): MoneyTotals {
  const { batch, list } = totalCost(prices, sums);
  const unpriced = Map.groupBy(
    sums.filter(({ model }) => priceOf(prices, model) === null),
    ({ model }) => model,
  );
  return {
    spent_usd: batch,
    list_usd: list,
    batch_discount_usd: list - batch,
    cache_hits: savedBy('cache_hit', ledger, prices),
    shared_calls: savedBy('shared_call', ledger, prices),
    wasted_usd: totalCost(prices, sums.map(unusedOf)).batch,
    unpriced: [...unpriced].map(([model, those]) => ({ model, lines: totalOf(those, 'lines') })),
  };
}

/** What was saved: the discount, hits and shared calls, less what was wasted, as far as it is known. */
export const savedUsd = ({ batch_discount_usd: discount, cache_hits, shared_calls, wasted_usd }: MoneyTotals): number =>
  discount + (cache_hits?.saved_usd ?? 0) + (shared_calls?.saved_usd ?? 0) - (wasted_usd ?? 0);

const unusedOf = ({ model, unused = noUnused }: SettledSum) => ({ model, ...unused });

/** What these calls would have cost by themselves; those of a model without a price are counted and saved nothing. */
function savedBy(kind: LedgerKind, ledger: readonly LedgerSum[] | null, prices: PriceList): MoneyTotals['cache_hits'] {
  if (ledger === null) return null;
  const those = ledger.filter((sum) => sum.kind === kind);
  const calls = those.reduce((total, sum) => total + sum.calls, 0);
  return { calls, saved_usd: totalCost(prices, those).list };
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
