/** What a model costs, in US dollars per million tokens, at the list price of a synchronous call. */
export interface ModelPrice {
  readonly input: number;
  /** Input that the provider had cached; null: the same as other input. */
  readonly cachedInput: number | null;
  readonly output: number;
}

/** Prices by model. */
export type PriceList = ReadonlyMap<string, ModelPrice>;

const price = (input: number, cachedInput: number | null, output: number): ModelPrice => ({
  input,
  cachedInput,
  output,
});

/**
 * OpenAI's list prices for text, standard tier, short context, as published; noted in November 2026 for the models of
 * that autumn, in the second half of 2025 for those before. Source: the provider's pricing page. Prices change: the
 * invoice decides, and `PRICES_FILE` overrides.
 */
export const openAiPrices: PriceList = new Map([
  ['gpt-6.2-sol', price(2, 0.1, 10)],
  ['gpt-6.2-astra', price(8, null, 40)],
  ['gpt-5.1', price(1.25, 0.125, 10)],
  ['gpt-5.1-chat-latest', price(1.25, 0.125, 10)],
  ['gpt-5', price(1.25, 0.125, 10)],
  ['gpt-5-chat-latest', price(1.25, 0.125, 10)],
  ['gpt-5-codex', price(1.25, 0.125, 10)],
  ['gpt-5-mini', price(0.25, 0.025, 2)],
  ['gpt-5-nano', price(0.05, 0.005, 0.4)],
  ['gpt-5-pro', price(15, null, 120)],
  ['gpt-4.1', price(2, 0.5, 8)],
  ['gpt-4.1-mini', price(0.4, 0.1, 1.6)],
  ['gpt-4.1-nano', price(0.1, 0.025, 0.4)],
  ['gpt-4o', price(2.5, 1.25, 10)],
  ['gpt-4o-2024-05-13', price(5, null, 15)],
  ['gpt-4o-mini', price(0.15, 0.075, 0.6)],
  ['chatgpt-4o-latest', price(5, null, 15)],
  ['gpt-4o-search-preview', price(2.5, null, 10)],
  ['gpt-4o-mini-search-preview', price(0.15, null, 0.6)],
  ['o1', price(15, 7.5, 60)],
  ['o1-mini', price(1.1, 0.55, 4.4)],
  ['o1-pro', price(150, null, 600)],
  ['o3', price(2, 0.5, 8)],
  ['o3-mini', price(1.1, 0.55, 4.4)],
  ['o3-pro', price(20, null, 80)],
  ['o3-deep-research', price(10, 2.5, 40)],
  ['o4-mini', price(1.1, 0.275, 4.4)],
  ['o4-mini-deep-research', price(2, 0.5, 8)],
  ['computer-use-preview', price(3, null, 12)],
  ['gpt-4-turbo', price(10, null, 30)],
  ['gpt-4-turbo-preview', price(10, null, 30)],
  ['gpt-4-0125-preview', price(10, null, 30)],
  ['gpt-4-1106-preview', price(10, null, 30)],
  ['gpt-4', price(30, null, 60)],
  ['gpt-4-0613', price(30, null, 60)],
  ['gpt-4-32k', price(60, null, 120)],
  ['gpt-3.5-turbo', price(0.5, null, 1.5)],
  ['gpt-3.5-turbo-0125', price(0.5, null, 1.5)],
  ['gpt-3.5-turbo-1106', price(1, null, 2)],
  ['gpt-3.5-turbo-0613', price(1.5, null, 2)],
  ['gpt-3.5-turbo-instruct', price(1.5, null, 2)],
  ['davinci-002', price(2, null, 2)],
  ['babbage-002', price(0.4, null, 0.4)],
  ['text-embedding-3-small', price(0.02, null, 0)],
  ['text-embedding-3-large', price(0.13, null, 0)],
  ['text-embedding-ada-002', price(0.1, null, 0)],
  ['omni-moderation', price(0, null, 0)],
  ['omni-moderation-latest', price(0, null, 0)],
  ['text-moderation-latest', price(0, null, 0)],
  ['ft:gpt-4.1', price(3, 0.75, 12)],
  ['ft:gpt-4.1-mini', price(0.8, 0.2, 3.2)],
  ['ft:gpt-4.1-nano', price(0.2, 0.05, 0.8)],
  ['ft:gpt-4o', price(3.75, 1.875, 15)],
  ['ft:gpt-4o-mini', price(0.3, 0.15, 1.2)],
  ['ft:gpt-3.5-turbo', price(3, null, 6)],
  ['ft:davinci-002', price(12, null, 12)],
  ['ft:babbage-002', price(1.6, null, 1.6)],
]);
