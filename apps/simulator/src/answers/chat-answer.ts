import { isObject, type JsonObject } from '../json.ts';
import { type RequestFacts } from './request-facts.ts';
import { limitTokens, tokensIn, type Usage } from './usage.ts';

interface Choice {
  readonly message: JsonObject;
  readonly finishReason: string;
  readonly tokens: number;
}

/** A whole chat completion with `n` choices. */
export function chatAnswer(facts: RequestFacts): { body: JsonObject; usage: Usage } {
  const count = typeof facts.body['n'] === 'number' ? facts.body['n'] : 1;
  const choices = Array.from({ length: count }, (_, index) => choice(facts, index));
  const output = choices.reduce((sum, one) => sum + one.tokens, 0);
  const usage = { input: facts.inputTokens, cached: 0, output, reasoning: 0 };
  return {
    usage,
    body: {
      id: `chatcmpl-${facts.hash.slice(0, 29)}`,
      object: 'chat.completion',
      created: facts.createdAt,
      model: facts.model,
      choices: choices.map((one, index) => ({
        index,
        message: one.message,
        logprobs: null,
        finish_reason: one.finishReason,
      })),
      usage: chatUsage(usage),
      service_tier: 'default',
      system_fingerprint: `fp_${facts.hash.slice(0, 10)}`,
    },
  };
}

function choice(facts: RequestFacts, index: number): Choice {
  const tool = facts.marker === 'tool_call' ? firstTool(facts.body['tools']) : null;
  if (tool !== null) return toolChoice(facts, tool, index);
  const whole = index === 0 ? facts.text : `${facts.text} (choice ${index})`;
  const { text, cut } = limitTokens(whole, facts.body['max_completion_tokens'] ?? facts.body['max_tokens']);
  const filtered = facts.marker === 'content_filter';
  return {
    message: { role: 'assistant', content: text, refusal: null, annotations: [] },
    finishReason: filtered ? 'content_filter' : cut ? 'length' : 'stop',
    tokens: tokensIn(text),
  };
}

function toolChoice(facts: RequestFacts, name: string, index: number): Choice {
  const call = {
    id: `call_${facts.hash.slice(0, 22)}${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify({ echo: facts.hash.slice(0, 16) }) },
  };
  return {
    message: { role: 'assistant', content: null, tool_calls: [call], refusal: null, annotations: [] },
    finishReason: 'tool_calls',
    tokens: 12,
  };
}

function firstTool(tools: unknown): string | null {
  const first: unknown = Array.isArray(tools) ? tools[0] : null;
  const described = isObject(first) ? first['function'] : null;
  return isObject(described) && typeof described['name'] === 'string' ? described['name'] : null;
}

function chatUsage(usage: Usage): JsonObject {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cached, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
