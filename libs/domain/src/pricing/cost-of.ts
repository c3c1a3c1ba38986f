import type { Usage } from '../outcome.ts';
import type { PriceList, TokenPrice } from './price-list.ts';
import { priceOf } from './price-of.ts';

/** The tokens that cost something. */
export type PricedUsage = Pick<Usage, 'inputTokens' | 'cachedTokens' | 'outputTokens'>;

/** What tokens cost, in US dollars: by a batch, and what the same calls would have cost by themselves. */
export interface Cost {
  readonly batch: number;
  readonly list: number;
}

/** A batch costs half, where its price is not named. Source: OpenAI's Batch API guide. */
const batchShare = 0.5;

/** What a model's tokens cost; null for a model without a price, whose cost is unknown and not zero. */
export function costOf(prices: PriceList, model: string, usage: PricedUsage): Cost | null {
  const price = priceOf(prices, model);
  if (price === null) return null;
  const list = dollars(price, usage);
  return { batch: price.batch === undefined ? list * batchShare : dollars(price.batch, usage), list };
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

function dollars(
  { input, cachedInput, output }: TokenPrice,
  { inputTokens, cachedTokens, outputTokens }: PricedUsage,
): number {
  // Cached tokens are some of the input's; a provider that counts more of them than input is not paid for it.
  const cached = Math.min(cachedTokens, inputTokens);
  return ((inputTokens - cached) * input + cached * (cachedInput ?? input) + outputTokens * output) / 1_000_000;
}
