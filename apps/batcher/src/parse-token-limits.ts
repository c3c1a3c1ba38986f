import { modelName } from '@batch-gpt/contracts';

/** A limit of tokens for each of some models, or what is wrong with the text. */
export type TokenLimitsByModel = { readonly limits: Readonly<Record<string, number>> } | { readonly problem: string };

/** Reads `gpt-4o=90000,gpt-4o-mini=2000000`; null is no limit. */
export function parseTokenLimits(text: string | null): TokenLimitsByModel {
  const limits = new Map<string, number>();
  for (const entry of text === null ? [] : text.split(',')) {
    const [, model = '', limit] = /^\s*(.+?)\s*=\s*([1-9]\d{0,14})\s*$/.exec(entry) ?? [];
    if (limit === undefined || !modelName.safeParse(model).success) {
      return { problem: 'must look like gpt-4o=90000,gpt-4o-mini=2000000' };
    }
    if (limits.has(model)) return { problem: 'names a model twice' };
    limits.set(model, Number(limit));
  }
  return { limits: Object.fromEntries(limits) };
}
