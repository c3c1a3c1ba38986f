import type { Usage } from '../outcome.ts';
import { field } from '../lines/field.ts';

/** Where an answer's `usage` says what. Source: OpenAI API reference. */
interface UsageNames {
  readonly input: string;
  readonly output: string;
  /** The object whose `cached_tokens` are the part of the input that the provider had cached. */
  readonly details: string;
}

const promptNames = { input: 'prompt_tokens', output: 'completion_tokens', details: 'prompt_tokens_details' };
const inputNames = { input: 'input_tokens', output: 'output_tokens', details: 'input_tokens_details' };

/** Usage as chat, completions and embeddings report it; null where an answer reports none. */
export const readPromptUsage = (answer: unknown): Usage | null => readUsage(field(answer, 'usage'), promptNames);

/** Usage as responses and images report it; null where an answer reports none. */
export const readInputUsage = (answer: unknown): Usage | null => readUsage(field(answer, 'usage'), inputNames);

function readUsage(usage: unknown, names: UsageNames): Usage | null {
  if (typeof usage !== 'object' || usage === null) return null;
  const inputTokens = count(usage, names.input) ?? 0;
  const outputTokens = count(usage, names.output) ?? 0;
  return {
    inputTokens,
    outputTokens,
    cachedTokens: count(field(usage, names.details), 'cached_tokens') ?? 0,
    totalTokens: count(usage, 'total_tokens') ?? inputTokens + outputTokens,
  };
}

function count(value: unknown, name: string): number | null {
  const found = field(value, name);
  return typeof found === 'number' && Number.isSafeInteger(found) && found >= 0 ? found : null;
}
