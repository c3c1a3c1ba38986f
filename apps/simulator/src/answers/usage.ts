/** Tokens of one answer, in the names batches use. */
export interface Usage {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Four characters a token, at least one: plausible and the same everywhere. */
export const tokensIn = (text: string): number => Math.max(1, Math.ceil(text.length / 4));

/** A text cut to a token limit; `cut` tells whether something was lost. */
export function limitTokens(text: string, limit: unknown): { text: string; cut: boolean } {
  if (typeof limit !== 'number' || tokensIn(text) <= limit) return { text, cut: false };
  return { text: text.slice(0, limit * 4), cut: true };
}
