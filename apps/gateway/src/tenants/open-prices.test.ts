import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { costOf, openAiPrices, priceOf } from '@batch-gpt/domain';
import { openPrices } from './open-prices.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-prices-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function openText(text: string) {
  const path = join(folder, 'prices.json');
  await writeFile(path, text);
  return openPrices(path);
}

test('the list as it is, without a file', async () => {
  expect(await openPrices(null)).toBe(openAiPrices);
});

test('a file adds models and replaces prices', async () => {
  const prices = await openText(
    '{"gpt-99": {"input": 1, "output": 2}, "gpt-4o": {"input": 3, "cachedInput": 1, "output": 4}}',
  );
  expect(priceOf(prices, 'gpt-99-2030-01-01')).toEqual({ input: 1, cachedInput: null, output: 2 });
  expect(priceOf(prices, 'gpt-4o')?.input).toBe(3);
  expect(priceOf(prices, 'o3')).toBe(priceOf(openAiPrices, 'o3'));
  expect(openAiPrices.get('gpt-4o')?.input).toBe(2.5);
});

test.each([
  ['{', 'is not JSON'],
  ['{"gpt-99": {"input": -1, "output": 2}}', 'gpt-99.input: '],
  ['{"gpt-99": {"input": 1}}', 'gpt-99.output: '],
  ['{"gpt-99": {"input": 1, "output": 1, "asOf": "2026-13"}}', 'gpt-99.asOf: '],
  ['{"gpt-99": {"input": 1, "output": 1, "batch": {"input": 1}}}', 'gpt-99.batch.output: '],
  ['{"gpt-99": {"input": 1, "output": 2, "price": 3}}', 'gpt-99: '],
])('%s is refused', async (text, problem) => {
  await expect(openText(text)).rejects.toMatchObject({ code: 'config_invalid' });
  await expect(openText(text)).rejects.toThrow(problem);
});

test('a file that is not there is refused', async () => {
  await expect(openPrices(join(folder, 'nothing'))).rejects.toThrow('PRICES_FILE cannot be read (ENOENT)');
});

test('a file may name what a batch pays, and when the price was read', async () => {
  const prices = await openText(
    '{"gpt-99": {"input": 4, "output": 8, "batch": {"input": 1, "output": 3}, "asOf": "2026-11"}}',
  );
  const million = 1_000_000;
  expect(costOf(prices, 'gpt-99', { inputTokens: million, cachedTokens: 0, outputTokens: million })).toEqual({
    list: 12,
    batch: 4,
  });
  expect(priceOf(prices, 'gpt-99')?.asOf).toBe('2026-11');
});
