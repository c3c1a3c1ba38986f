import type { Usage } from '../outcome.ts';
import type { PriceList } from './price-list.ts';
import { priceOf } from './price-of.ts';

/** The tokens that cost something. */
export type PricedUsage = Pick<Usage, 'inputTokens' | 'cachedTokens' | 'outputTokens'>;

/** What tokens cost, in US dollars: by a batch, and what the same calls would have cost by themselves. */
export interface Cost {
  readonly batch: number;
  readonly list: number;
}

/** A batch costs half. Source: OpenAI's Batch API guide. */
const batchShare = 0.5;

/** What a model's tokens cost; null for a model without a price, whose cost is unknown and not zero. */
export function costOf(prices: PriceList, model: string, usage: PricedUsage): Cost | null {
  const price = priceOf(prices, model);
  if (price === null) return null;
  const { inputTokens, cachedTokens, outputTokens } = usage;
  // Cached tokens are some of the input's; a provider that counts more of them than input is not paid for it.
  const cached = Math.min(cachedTokens, inputTokens);
  const list = perMillion(
    (inputTokens - cached) * price.input + cached * (price.cachedInput ?? price.input) + outputTokens * price.output,
  );
  return { batch: list * batchShare, list };
}

/** Costs added up, and what could not be priced, by model. */
export interface TotalCost extends Cost {
  readonly unknown: readonly string[];
}

/** What several models' tokens cost together. */
export function totalCost(prices: PriceList, parts: readonly (PricedUsage & { readonly model: string })[]): TotalCost {
  const costs = parts.map((part) => ({ model: part.model, cost: costOf(prices, part.model, part) }));
  const sum = (of: (cost: Cost) => number) =>
    costs.reduce((total, { cost }) => total + (cost === null ? 0 : of(cost)), 0);
  const unknown = new Set(costs.filter(({ cost }) => cost === null).map(({ model }) => model));
  return { batch: sum(({ batch }) => batch), list: sum(({ list }) => list), unknown: [...unknown] };
}

const perMillion = (dollars: number): number => dollars / 1_000_000;
