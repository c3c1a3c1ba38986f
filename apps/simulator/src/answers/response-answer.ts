import { isObject, type JsonObject } from '../json.ts';
import { type RequestFacts } from './request-facts.ts';
import { limitTokens, tokensIn, type Usage } from './usage.ts';

/** A whole object of the Responses API: one message, or one function call by marker. */
export function responseAnswer(facts: RequestFacts): { body: JsonObject; usage: Usage } {
  const { text, cut } = limitTokens(facts.text, facts.body['max_output_tokens']);
  const reason = facts.marker === 'content_filter' ? 'content_filter' : cut ? 'max_output_tokens' : null;
  const status = reason === null ? 'completed' : 'incomplete';
  const usage = { input: facts.inputTokens, cached: 0, output: tokensIn(text), reasoning: 0 };
  return {
    usage,
    body: {
      id: `resp_${facts.hash.slice(0, 48)}`,
      object: 'response',
      created_at: facts.createdAt,
      completed_at: reason === null ? facts.createdAt : null,
      status,
      background: false,
      error: null,
      incomplete_details: reason === null ? null : { reason },
      ...echoed(facts.body),
      model: facts.model,
      output: [functionCall(facts) ?? message(facts.hash, text, status)],
      service_tier: 'default',
      usage: responseUsage(usage),
    },
  };
}

function message(hash: string, text: string, status: string): JsonObject {
  const content = [{ type: 'output_text', annotations: [], logprobs: [], text }];
  return { id: `msg_${hash.slice(16)}`, type: 'message', status, role: 'assistant', content };
}

function functionCall(facts: RequestFacts): JsonObject | null {
  const tools = facts.body['tools'];
  const first: unknown = facts.marker === 'tool_call' && Array.isArray(tools) ? tools[0] : null;
  if (!isObject(first) || first['type'] !== 'function') return null;
  return {
    id: `fc_${facts.hash.slice(16)}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${facts.hash.slice(0, 24)}`,
    name: first['name'],
    arguments: JSON.stringify({ echo: facts.hash.slice(0, 16) }),
  };
}

/** Request fields that a response object repeats, with the provider's defaults. */
function echoed(body: JsonObject): JsonObject {
  const repeated = {
    instructions: null,
    max_output_tokens: null,
    max_tool_calls: null,
    metadata: {},
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: null, summary: null },
    safety_identifier: null,
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    user: null,
  };
  return Object.fromEntries(Object.entries(repeated).map(([key, value]) => [key, body[key] ?? value]));
}

function responseUsage(usage: Usage): JsonObject {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cached },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}
