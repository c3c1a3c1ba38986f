import { pricesFile } from '@batch-gpt/contracts';
import { openAiPrices, type PriceList } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { readConfigJson } from './read-config-file.ts';

/** The provider's list prices, and before them those of the file; throws AppError `config_invalid` with its problems. */
export async function openPrices(path: string | null): Promise<PriceList> {
  if (path === null) return openAiPrices;
  const value = await readConfigJson(path, 'PRICES_FILE');
  return new Map([...openAiPrices, ...Object.entries(parsePrices(value))]);
}

function parsePrices(value: unknown) {
  const parsed = pricesFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues
    .slice(0, 20)
    .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw new AppError('config_invalid', `PRICES_FILE is not valid:\n${problems.map((line) => `  ${line}`).join('\n')}`, {
    details: { problems },
  });
}
