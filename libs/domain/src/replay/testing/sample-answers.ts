import { type JsonObject } from '../stream-replay.ts';

const usage = {
  prompt_tokens: 9,
  completion_tokens: 4,
  total_tokens: 13,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

/** A finished chat completion with these choices. */
export const chatAnswer = (choices: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices,
  usage,
  service_tier: 'default',
  system_fingerprint: 'fp_1',
  ...more,
});

/** One choice of it. */
export const choice = (message: JsonObject, more: JsonObject = {}): JsonObject => ({
  index: 0,
  message: { role: 'assistant', content: null, refusal: null, ...message },
  logprobs: null,
  finish_reason: 'stop',
  ...more,
});

const token = (text: string) => ({
  token: text,
  logprob: -0.25,
  bytes: [...new TextEncoder().encode(text)],
  top_logprobs: [{ token: text, logprob: -0.25, bytes: null }],
});
const functionCall = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

const longText = 'The quick brown fox jumps over the lazy dog 🦊. '.repeat(20);
const longArguments = JSON.stringify({ city: 'Zürich', why: longText });
const words = ['Hello', ',', ' wor', 'ld', '!', ...(longText.match(/ ?\S+/g) ?? [])];
const halves = [
  { token: '\\xf0\\x9f', logprob: -1, bytes: [0xf0, 0x9f], top_logprobs: [] },
  { token: '\\xa6\\x8a', logprob: -2, bytes: [0xa6, 0x8a], top_logprobs: [] },
];

/** Every kind of chat completion, by name. */
export const chatAnswers: Readonly<Record<string, JsonObject>> = {
  'a text': chatAnswer([choice({ content: longText, annotations: [] })]),
  'an empty text': chatAnswer([choice({ content: '' })]),
  'a text cut at its limit': chatAnswer([choice({ content: 'Hel' }, { finish_reason: 'length' })]),
  'a refusal': chatAnswer([choice({ refusal: longText })]),
  'one tool call': chatAnswer([
    choice({ tool_calls: [functionCall('call_1', 'weather', longArguments)] }, { finish_reason: 'tool_calls' }),
  ]),
  'several tool calls': chatAnswer([
    choice(
      { tool_calls: [functionCall('call_1', 'weather', longArguments), functionCall('call_2', 'time', '{}')] },
      { finish_reason: 'tool_calls' },
    ),
  ]),
  'a text and a tool call': chatAnswer([
    choice({ content: longText, tool_calls: [functionCall('call_1', 'time', '{}')] }, { finish_reason: 'tool_calls' }),
  ]),
  'a custom tool': chatAnswer([
    choice(
      { tool_calls: [{ id: 'call_1', type: 'custom', custom: { name: 'sql', input: longText } }] },
      { finish_reason: 'tool_calls' },
    ),
  ]),
  'a function call of old': chatAnswer([
    choice({ function_call: { name: 'weather', arguments: longArguments } }, { finish_reason: 'function_call' }),
  ]),
  'log probabilities': chatAnswer([
    choice({ content: words.join('') }, { logprobs: { content: words.map(token), refusal: null } }),
  ]),
  'log probabilities of a refusal': chatAnswer([
    choice({ refusal: words.join('') }, { logprobs: { content: null, refusal: words.map(token) } }),
  ]),
  'tokens that are parts of a character': chatAnswer([
    choice(
      { content: `${longText}🦊${longText}` },
      { logprobs: { content: [token(longText), ...halves, token(longText)], refusal: null } },
    ),
  ]),
  'tokens of another text': chatAnswer([
    choice(
      { content: longText },
      { logprobs: { content: Array.from({ length: 600 }, () => token('x')), refusal: null } },
    ),
  ]),
  'several choices': chatAnswer([
    choice({ content: longText }),
    choice({ content: 'short' }, { index: 1, finish_reason: 'length' }),
    choice({ tool_calls: [functionCall('call_1', 'time', '{}')] }, { index: 2, finish_reason: 'tool_calls' }),
  ]),
  'a spoken answer': chatAnswer([
    choice({ audio: { id: 'audio_1', expires_at: 1_700_003_600, data: 'UklGRg=='.repeat(50), transcript: longText } }),
  ]),
  'annotations and unknown fields': chatAnswer(
    [
      choice(
        {
          content: 'See [1].',
          annotations: [{ type: 'url_citation', url_citation: { url: 'https://example.org', start_index: 4 } }],
          tomorrow: { a: [1, { b: 'c' }] },
        },
        { content_filter_results: { hate: { filtered: false } } },
      ),
    ],
    { tomorrow: { n: 1 }, moderation: null },
  ),
};
