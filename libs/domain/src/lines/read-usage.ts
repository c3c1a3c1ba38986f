import type { Usage } from '../outcome.ts';
import { field } from './field.ts';

/**
 * The token usage that an answer's body reports, or null. Chat and embeddings count `prompt_tokens`, responses count
 * `input_tokens`. Source: OpenAI API reference.
 */
export function readUsage(body: unknown): Usage | null {
  const usage = field(body, 'usage');
  if (typeof usage !== 'object' || usage === null) return null;
  const inputTokens = count(usage, 'input_tokens') ?? count(usage, 'prompt_tokens') ?? 0;
  const outputTokens = count(usage, 'output_tokens') ?? count(usage, 'completion_tokens') ?? 0;
  const details = field(usage, 'input_tokens_details') ?? field(usage, 'prompt_tokens_details');
  return {
    inputTokens,
    outputTokens,
    cachedTokens: count(details, 'cached_tokens') ?? 0,
    totalTokens: count(usage, 'total_tokens') ?? inputTokens + outputTokens,
  };
}

function count(value: unknown, name: string): number | null {
  const found = field(value, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
}
