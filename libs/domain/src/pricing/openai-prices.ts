import type { ModelPrice, PriceList } from './price-list.ts';

type Row = readonly [model: string, input: number, cachedInput: number | null, output: number];

/** Where a batch pays half of every part, the cached one included. */
const halved = (asOf: string, ...rows: readonly Row[]): [string, ModelPrice][] =>
  rows.map(([model, input, cachedInput, output]) => [model, { input, cachedInput, output, asOf }]);

/** Where the page of batch prices names none for cached input: there it costs a batch what other input does. */
const halvedUncached = (asOf: string, ...rows: readonly Row[]): [string, ModelPrice][] =>
  halved(asOf, ...rows).map(([model, price]) => {
    const batch = { input: price.input / 2, cachedInput: null, output: price.output / 2 };
    return [model, { ...price, batch }];
  });

/**
 * OpenAI's list prices for the standard tier and short context, each with the month in which it was read. Source: the
 * provider's pricing page and changelog. Prices change: the invoice decides, and `PRICES_FILE` overrides. Pictures are
 * billed by tokens: text goes in, the picture comes out; models whose answers mix picture and text tokens, or whose name
 * moves from one to another, have no price here.
 */
export const openAiPrices: PriceList = new Map([
  ...halved('2026-11', ['gpt-6.2-sol', 2, 0.1, 10], ['gpt-6.2-astra', 8, null, 40]),
  ...halved(
    '2026-09',
    ['gpt-6.1-sol', 2, 0.1, 10],
    ['gpt-6-sol', 2, 0.2, 10],
    ['gpt-6-luna', 0.1, 0.01, 0.5],
    ['gpt-6-astra', 10, 1, 50],
    ['gpt-5.6-sol', 4, 0.4, 20],
    ['gpt-5.6-terra', 2, 0.2, 12],
    ['gpt-5.6-luna', 0.2, 0.02, 1.2],
    ['gpt-5.3-codex', 1.75, 0.175, 14],
    ['gpt-image-2.5-flare', 5, 1.25, 30],
    ['gpt-image-2.5-sunburst', 5, 1.25, 30],
    ['gpt-image-2', 5, 1.25, 30],
  ),
  ...halved(
    '2026-05',
    ['gpt-5.5', 5, 0.5, 30],
    ['gpt-5.5-pro', 30, null, 180],
    ['gpt-5.4', 2.5, 0.25, 15],
    ['gpt-5.4-mini', 0.75, 0.075, 4.5],
    ['gpt-5.4-nano', 0.2, 0.02, 1.25],
    ['gpt-5.4-pro', 30, null, 180],
  ),
  ...halved(
    '2026-02',
    ['gpt-5.2', 1.75, 0.175, 14],
    ['gpt-5.2-chat-latest', 1.75, 0.175, 14],
    ['gpt-5.2-codex', 1.75, 0.175, 14],
    ['gpt-5.2-pro', 21, null, 168],
    ['gpt-5.1', 1.25, 0.125, 10],
    ['gpt-5.1-chat-latest', 1.25, 0.125, 10],
    ['gpt-5.1-codex', 1.25, 0.125, 10],
    ['gpt-5.1-codex-max', 1.25, 0.125, 10],
    ['gpt-5', 1.25, 0.125, 10],
    ['gpt-5-chat-latest', 1.25, 0.125, 10],
    ['gpt-5-codex', 1.25, 0.125, 10],
    ['gpt-5-mini', 0.25, 0.025, 2],
    ['gpt-5-nano', 0.05, 0.005, 0.4],
    ['gpt-5-pro', 15, null, 120],
  ),
  ...halvedUncached(
    '2026-02',
    ['gpt-4.1', 2, 0.5, 8],
    ['gpt-4.1-mini', 0.4, 0.1, 1.6],
    ['gpt-4.1-nano', 0.1, 0.025, 0.4],
    ['gpt-4o', 2.5, 1.25, 10],
    ['gpt-4o-2024-05-13', 5, null, 15],
    ['gpt-4o-mini', 0.15, 0.075, 0.6],
  ),
  ...halvedUncached(
    '2025-09',
    ['o1', 15, 7.5, 60],
    ['o1-mini', 1.1, 0.55, 4.4],
    ['o1-pro', 150, null, 600],
    ['o3', 2, 0.5, 8],
    ['o3-mini', 1.1, 0.55, 4.4],
    ['o3-pro', 20, null, 80],
    ['o3-deep-research', 10, 2.5, 40],
    ['o4-mini', 1.1, 0.275, 4.4],
    ['o4-mini-deep-research', 2, 0.5, 8],
    ['computer-use-preview', 3, null, 12],
  ),
  ...halved(
    '2025-09',
    ['chatgpt-4o-latest', 5, null, 15],
    ['gpt-4o-search-preview', 2.5, null, 10],
    ['gpt-4o-mini-search-preview', 0.15, null, 0.6],
    ['gpt-4-turbo', 10, null, 30],
    ['gpt-4-turbo-preview', 10, null, 30],
    ['gpt-4-0125-preview', 10, null, 30],
    ['gpt-4-1106-preview', 10, null, 30],
    ['gpt-4', 30, null, 60],
    ['gpt-4-0613', 30, null, 60],
    ['gpt-4-32k', 60, null, 120],
    ['gpt-3.5-turbo', 0.5, null, 1.5],
    ['gpt-3.5-turbo-0125', 0.5, null, 1.5],
    ['gpt-3.5-turbo-1106', 1, null, 2],
    ['gpt-3.5-turbo-0613', 1.5, null, 2],
    ['gpt-3.5-turbo-instruct', 1.5, null, 2],
    ['davinci-002', 2, null, 2],
    ['babbage-002', 0.4, null, 0.4],
    ['text-embedding-3-small', 0.02, null, 0],
    ['text-embedding-3-large', 0.13, null, 0],
    ['text-embedding-ada-002', 0.1, null, 0],
    ['ft:gpt-4.1', 3, 0.75, 12],
    ['ft:gpt-4.1-mini', 0.8, 0.2, 3.2],
    ['ft:gpt-4.1-nano', 0.2, 0.05, 0.8],
    ['ft:gpt-4o', 3.75, 1.875, 15],
    ['ft:gpt-4o-mini', 0.3, 0.15, 1.2],
    ['ft:gpt-3.5-turbo', 3, null, 6],
    ['ft:davinci-002', 12, null, 12],
    ['ft:babbage-002', 1.6, null, 1.6],
    ['gpt-image-1', 5, 1.25, 40],
    ['gpt-image-1-mini', 2, 0.2, 8],
  ),
  // Free of charge: priced at nothing, and so not counted among models without a price.
  ...halved(
    '2025-09',
    ['omni-moderation', 0, null, 0],
    ['omni-moderation-latest', 0, null, 0],
    ['text-moderation-latest', 0, null, 0],
    ['text-moderation-stable', 0, null, 0],
    ['text-moderation-007', 0, null, 0],
  ),
]);
