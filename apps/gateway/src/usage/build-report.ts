import { type UsageReport, type UsageRow } from '@batch-gpt/contracts';
import {
  addSums,
  costOf,
  noUnused,
  priceOf,
  type Cost,
  type LedgerEntry,
  type LedgerKind,
  type PricedUsage,
  type PriceList,
  type SettledSum,
} from '@batch-gpt/domain';
import { type Days } from './read-days.ts';

/** What a tenant's batches and other calls came to, as its report: a row for each day and model. */
export function buildReport(
  days: Days,
  sums: readonly SettledSum[],
  ledger: readonly LedgerEntry[],
  prices: PriceList,
): UsageReport {
  // Of a day and model there is one sum for each last status.
  const settled = addSums(sums.map((sum) => ({ ...sum, status: '' })));
  const settledBy = new Map(settled.map((sum) => [idOf(sum), sum]));
  const ledgerBy = Map.groupBy(ledger, idOf);
  const ids = new Set([...settledBy.keys(), ...ledgerBy.keys()]);
  const data = [...ids].toSorted(byText).map((id) => {
    const [day = '', model = ''] = id.split('\n');
    return rowOf({ day, model }, settledBy.get(id) ?? nothing, ledgerBy.get(id) ?? [], prices);
  });
  return {
    object: 'batch_gpt.usage',
    from: days.from,
    to: days.to,
    data,
    total: totalOf(data),
    unpriced: unpricedOf(data),
  };
}

// No name of a model holds a line break.
const idOf = ({ day, model }: { readonly day: string; readonly model: string }) => `${day}\n${model}`;

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const nothing = { batches: 0, lines: 0, succeeded: 0, failed: 0, sentAgain: 0, ...noUnused };

type Sum = Omit<SettledSum, 'day' | 'tenant' | 'model' | 'status'>;

function rowOf(
  { day, model }: Pick<UsageRow, 'day' | 'model'>,
  sum: Sum,
  ledger: readonly LedgerEntry[],
  prices: PriceList,
): UsageRow {
  const price = priceOf(prices, model);
  const cost = (usage: PricedUsage): Cost | null => costOf(prices, model, usage);
  const of = (kind: LedgerKind) => ledger.find((entry) => entry.kind === kind) ?? { calls: 0, ...noUnused };
  const free = (kind: LedgerKind) => {
    const entry = of(kind);
    return { calls: entry.calls, ...tokensOf(entry), saved_usd: rounded(cost(entry)?.list) };
  };
  const billed = cost(sum);
  const realtime = of('realtime');
  const unused = sum.unused ?? noUnused;
  return {
    day,
    model,
    priced: price !== null,
    price_as_of: price?.asOf ?? null,
    batches: {
      ...{ batches: sum.batches, lines: sum.lines, succeeded: sum.succeeded, failed: sum.failed },
      ...tokensOf(sum),
      cost_usd: rounded(billed?.batch),
      list_usd: rounded(billed?.list),
      discount_usd: rounded(billed === null ? undefined : billed.list - billed.batch),
    },
    cache_hits: free('cache_hit'),
    shared_calls: free('shared_call'),
    realtime: { calls: realtime.calls, ...tokensOf(realtime), list_usd: rounded(cost(realtime)?.list) },
    waste: {
      ...{ lines_run_again: sum.sentAgain, lines_lost: sum.lost ?? 0 },
      ...tokensOf(unused),
      cost_usd: rounded(cost(unused)?.batch),
    },
  };
}

const tokensOf = ({ inputTokens, cachedTokens, outputTokens }: PricedUsage) => ({
  input_tokens: inputTokens,
  cached_tokens: cachedTokens,
  output_tokens: outputTokens,
});

/** A price of one token has at most ten places; what comes after them is an artefact of binary fractions. */
const rounded = (dollars: number | undefined): number | null => (dollars === undefined ? null : roundTo(dollars));
const roundTo = (dollars: number): number => Math.round(dollars * 1e10) / 1e10;

/** Sums over rows of a report. */
export function totalOf(data: readonly UsageRow[]): UsageReport['total'] {
  const sum = (of: (row: UsageRow) => number | null) => roundTo(data.reduce((total, row) => total + (of(row) ?? 0), 0));
  const total = {
    cost_usd: sum(({ batches }) => batches.cost_usd),
    list_usd: sum(({ batches }) => batches.list_usd),
    discount_usd: sum(({ batches }) => batches.discount_usd),
    cache_hits_usd: sum(({ cache_hits: hits }) => hits.saved_usd),
    shared_calls_usd: sum(({ shared_calls: shared }) => shared.saved_usd),
    waste_usd: sum(({ waste }) => waste.cost_usd),
    realtime_list_usd: sum(({ realtime }) => realtime.list_usd),
  };
  const { discount_usd: discount, cache_hits_usd: hits, shared_calls_usd: shared, waste_usd: waste } = total;
  return { ...total, savings_usd: roundTo(discount + hits + shared - waste) };
}

/** Models without a price among them. */
export function unpricedOf(data: readonly UsageRow[]): UsageReport['unpriced'] {
  const byModel = Map.groupBy(
    data.filter(({ priced }) => !priced),
    ({ model }) => model,
  );
  return [...byModel].map(([model, rows]) => ({
    model,
    lines: rows.reduce((sum, { batches }) => sum + batches.lines, 0),
    calls: rows.reduce((sum, row) => sum + row.cache_hits.calls + row.shared_calls.calls + row.realtime.calls, 0),
  }));
}
