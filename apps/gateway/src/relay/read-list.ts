import { AppError } from '@batch-gpt/errors';
import { z } from 'zod';

/** An element of one of the provider's lists, whatever else it holds. */
export type ListItem = z.infer<typeof listItem>;
const listItem = z.looseObject({ id: z.string().min(1).max(1000) });

/** One page of a list. */
export type ProviderList = z.infer<typeof providerList>;
const providerList = z.looseObject({
  object: z.literal('list'),
  data: z.array(listItem).max(100_000),
  has_more: z.boolean().nullish(),
});

/** Parses a page; null for what is no list of objects. Throws AppError `provider_unavailable` for what is no JSON. */
export function readList(text: string): ProviderList | null {
  return providerList.safeParse(parse(text)).data ?? null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('provider_unavailable', "The provider's answer is not JSON.", { cause });
  }
}
