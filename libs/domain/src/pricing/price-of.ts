import type { ModelPrice, PriceList } from './price-list.ts';

/**
 * A model's price: its own entry, else that of the model without the date of its snapshot, of a fine-tuned model that of
 * what was tuned (`ft:gpt-4o-mini-2024-07-18:acme::id` → `ft:gpt-4o-mini`); null when nobody has named one.
 */
export function priceOf(prices: PriceList, model: string): ModelPrice | null {
  const [prefix, base] = model.split(':', 2);
  const name = prefix === 'ft' && base !== undefined ? `ft:${base}` : model;
  return prices.get(model) ?? prices.get(name) ?? prices.get(withoutDate(name)) ?? null;
}

const withoutDate = (name: string): string => name.replace(/-\d{4}-\d{2}-\d{2}$/, '');
