import { describe, expect, it } from '@jest/globals';
import { costOf, totalCost } from './cost-of.ts';
import { openAiPrices } from './openai-prices.ts';
import { priceOf } from './price-of.ts';

const million = 1_000_000;

describe('priceOf', () => {
  it.each([
    ['gpt-4o-mini', 'gpt-4o-mini'],
    ['gpt-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    // A snapshot with a price of its own.
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['ft:gpt-4o-mini-2024-07-18:acme::abc', 'ft:gpt-4o-mini'],
    ['ft:gpt-3.5-turbo:acme:suffix:abc', 'ft:gpt-3.5-turbo'],
  ])('prices %s as %s', (model, entry) => {
    const price = priceOf(openAiPrices, model);
    expect(price).not.toBeNull();
    expect(price).toBe(openAiPrices.get(entry));
  });

  it.each(['gpt-99', 'gpt-4o-mini-2024', '', 'ft:', 'ft:gpt-99:acme::abc', 'ft:gpt-4o-mini-x:acme', 'constructor'])(
    'knows no price for %j',
    (model) => {
      expect(priceOf(openAiPrices, model)).toBeNull();
    },
  );
});

describe('the list', () => {
  it('has plausible prices: cached input is not dearer, nothing is negative', () => {
    for (const { input, cachedInput, output } of openAiPrices.values()) {
      expect(Math.min(input, cachedInput ?? 0, output)).toBeGreaterThanOrEqual(0);
      expect(cachedInput ?? input).toBeLessThanOrEqual(input);
    }
  });

  it('says of every price when it was read, and of none that a batch costs more than half', () => {
    for (const [model, { asOf, batch, ...list }] of openAiPrices) {
      expect([model, asOf]).toEqual([model, expect.stringMatching(/^20\d{2}-(0[1-9]|1[0-2])$/)]);
      if (batch === undefined) continue;
      expect([model, batch.input, batch.output]).toEqual([model, list.input / 2, list.output / 2]);
    }
  });

  it.each(['omni-moderation-latest', 'omni-moderation-2024-09-26', 'text-moderation-007'])(
    'has %s at no charge, which is a price',
    (model) => {
      const usage = { inputTokens: million, cachedTokens: 0, outputTokens: million };
      expect(costOf(openAiPrices, model, usage)).toEqual({ list: 0, batch: 0 });
    },
  );

  it.each(['chatgpt-image-latest', 'gpt-image-1.5', 'dall-e-3'])('has no price for %s', (model) => {
    expect(priceOf(openAiPrices, model)).toBeNull();
  });
});

describe('costOf', () => {
  it('prices input, cached input and output, and halves it for a batch', () => {
    const usage = { inputTokens: 3 * million, cachedTokens: million, outputTokens: 2 * million };
    const cost = costOf(openAiPrices, 'gpt-5.1', usage);
    expect(cost?.list).toBeCloseTo(2 * 1.25 + 0.125 + 2 * 10, 10);
    expect(cost?.batch).toBeCloseTo(22.625 / 2, 10);
  });

  it('gives a batch no discount on cached input where its price list names none', () => {
    const usage = { inputTokens: 3 * million, cachedTokens: million, outputTokens: 2 * million };
    const cost = costOf(openAiPrices, 'gpt-4o', usage);
    expect(cost).toEqual({ list: 2 * 2.5 + 1.25 + 2 * 10, batch: 3 * 1.25 + 2 * 5 });
  });

  it('prices cached input like other input where it has no price of its own', () => {
    const usage = { inputTokens: million, cachedTokens: million, outputTokens: 0 };
    expect(costOf(openAiPrices, 'gpt-4', usage)?.list).toBe(30);
  });

  it('never gives money back for more cached tokens than input', () => {
    const usage = { inputTokens: 0, cachedTokens: million, outputTokens: 0 };
    expect(costOf(openAiPrices, 'gpt-4o', usage)?.list).toBe(0);
  });

  it('is null, not zero, for an unknown model', () => {
    expect(costOf(openAiPrices, 'gpt-99', { inputTokens: 1, cachedTokens: 0, outputTokens: 1 })).toBeNull();
  });
});

describe('totalCost', () => {
  it('adds what is known and names what is not, once', () => {
    const part = (model: string) => ({ model, inputTokens: million, cachedTokens: 0, outputTokens: 0 });
    const total = totalCost(openAiPrices, ['gpt-4o', 'gpt-99', 'o3', 'gpt-99', 'omni-moderation-latest'].map(part));
    expect(total).toEqual({ list: 4.5, batch: 2.25, unknown: ['gpt-99'] });
    expect(totalCost(openAiPrices, [])).toEqual({ list: 0, batch: 0, unknown: [] });
  });
});
