import { type Endpoint } from '@batch-gpt/domain';

/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** What a response says of its call where the call said nothing. Source: OpenAI API reference, the response object. */
const defaults: JsonObject = {
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  model: '',
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  service_tier: 'auto',
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};
/** Shown only where the call has them. */
const optional = ['conversation', 'moderation', 'prompt', 'prompt_cache_options', 'prompt_cache_retention'];

/** Fields that change nothing about an answer: of a shared one they may be another call's. */
export const callersOwn = [
  'metadata',
  'previous_response_id',
  'prompt_cache_key',
  'safety_identifier',
  'store',
  'user',
] as const;

/** Largest echo of one field, and of all together, as JSON in bytes. */
const mostOfOne = 64 * 1024;
const mostOfAll = 192 * 1024;

/**
 * What a background response repeats of its call; null for a call that asks for no background. Where a field is too large
 * to be kept its default stands: the finished response has it from the provider.
 */
export function echoOf({ path }: Pick<Endpoint, 'path'>, body: unknown): JsonObject | null {
  // Elsewhere the word means something else: what a picture stands before.
  if (path !== '/v1/responses' || !isObject(body) || body['background'] !== true) return null;
  let left = mostOfAll;
  const kept = Object.entries(body).filter(([name, value]) => {
    if (value === null || !(Object.hasOwn(defaults, name) || optional.includes(name))) return false;
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes > Math.min(left, mostOfOne)) return false;
    left -= bytes;
    return true;
  });
  return withConversation({ ...defaults, ...Object.fromEntries(kept) });
}

/** A call may name its conversation by the id alone. */
function withConversation(echo: JsonObject): JsonObject {
  const { conversation } = echo;
  return typeof conversation === 'string' ? { ...echo, conversation: { id: conversation } } : echo;
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
