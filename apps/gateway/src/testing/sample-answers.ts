/** A JSON object as the provider sends it. */
export type Sample = Readonly<Record<string, unknown>>;

const longText = 'The quick brown fox jumps over the lazy dog 🦊; "él" said: 你好.\n'.repeat(10);
const longArguments = JSON.stringify({ city: 'Zürich', why: longText });
const words = longText.match(/\s?\S+/gu) ?? [];
const token = (text: string) => {
  const top = { token: text, logprob: -0.25, bytes: [...Buffer.from(text)] };
  return { ...top, top_logprobs: [top] };
};
const wordsSaid = words.join('');

const choice = (message: Sample, more: Sample = {}): Sample => ({
  index: 0,
  message: { role: 'assistant', content: null, refusal: null, ...message },
  logprobs: null,
  finish_reason: 'stop',
  ...more,
});
const chatOf = (...choices: readonly Sample[]): Sample => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o-mini-2024-07-18',
  choices,
  usage: { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, prompt_tokens_details: { cached_tokens: 0 } },
  service_tier: 'default',
  system_fingerprint: 'fp_1',
});
const call = (n: number, args: string): Sample => ({
  id: `call_${n}`,
  type: 'function',
  function: { name: `tool_${n}`, arguments: args },
});
const called = { finish_reason: 'tool_calls' };
const citation = {
  type: 'url_citation',
  url_citation: { url: 'https://example.org', title: 'x', start_index: 4, end_index: 7 },
};

/** Finished answers of `/v1/chat/completions` by what is in them. */
export const chatSamples: Readonly<Record<string, Sample>> = {
  text: chatOf(choice({ content: longText, annotations: [] })),
  'an empty text': chatOf(choice({ content: '' })),
  'a text cut at its limit': chatOf(choice({ content: 'Hel' }, { finish_reason: 'length' })),
  'a refusal': chatOf(choice({ refusal: longText })),
  'one tool call': chatOf(choice({ tool_calls: [call(1, longArguments)] }, called)),
  'several tool calls': chatOf(choice({ tool_calls: [call(1, longArguments), call(2, '{}'), call(3, '')] }, called)),
  'a text and a tool call': chatOf(choice({ content: longText, tool_calls: [call(1, '{"a":1}')] }, called)),
  'a custom tool': chatOf(
    choice({ tool_calls: [{ id: 'call_1', type: 'custom', custom: { name: 'sql', input: longText } }] }, called),
  ),
  'a function call of old': chatOf(
    choice({ function_call: { name: 'tool', arguments: longArguments } }, { finish_reason: 'function_call' }),
  ),
  'log probabilities': chatOf(
    choice({ content: wordsSaid }, { logprobs: { content: words.map(token), refusal: null } }),
  ),
  'log probabilities of a refusal': chatOf(
    choice({ refusal: wordsSaid }, { logprobs: { content: null, refusal: words.map(token) } }),
  ),
  'several choices': chatOf(
    choice({ content: longText }),
    choice({ content: 'short' }, { index: 1, finish_reason: 'length' }),
    choice({ tool_calls: [call(1, '{}')] }, { index: 2, ...called }),
  ),
  'a spoken answer': chatOf(
    choice({ audio: { id: 'audio_1', expires_at: 1_700_003_600, data: 'UklGRg=='.repeat(40), transcript: longText } }),
  ),
  'annotations and unknown fields': {
    ...chatOf(
      choice(
        { content: 'See [1].', annotations: [citation], tomorrow: { a: [1, { b: 'c' }] } },
        { content_filter_results: { hate: { filtered: false } } },
      ),
    ),
    tomorrow: { n: 1 },
  },
};

const responseOf = (output: readonly Sample[], more: Sample = {}): Sample => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  completed_at: 1_700_000_009,
  status: 'completed',
  background: false,
  error: null,
  incomplete_details: null,
  instructions: 'Be brief.',
  model: 'gpt-4o-mini-2024-07-18',
  output,
  parallel_tool_calls: true,
  tools: [],
  tool_choice: 'auto',
  text: { format: { type: 'text' } },
  metadata: {},
  temperature: 1,
  top_p: 1,
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 4,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 13,
  },
  ...more,
});
const message = (n: number, content: readonly Sample[], status = 'completed'): Sample => ({
  id: `msg_${n}`,
  type: 'message',
  role: 'assistant',
  status,
  content,
});
const textPart = (text: string, more: Sample = {}): Sample => ({
  type: 'output_text',
  text,
  annotations: [],
  logprobs: [],
  ...more,
});
const fileCitation = { type: 'file_citation', file_id: 'file-1', filename: 'a.txt', index: 4 };
const reasoning = {
  id: 'rs_1',
  type: 'reasoning',
  summary: [
    { type: 'summary_text', text: longText },
    { type: 'summary_text', text: 'Then it is done.' },
  ],
  encrypted_content: 'gAAAA',
};

/** Finished answers of `/v1/responses` by what is in them. */
export const responseSamples: Readonly<Record<string, Sample>> = {
  text: responseOf([message(1, [textPart(longText)])]),
  'an empty text': responseOf([message(1, [textPart('')])]),
  'nothing at all': responseOf([]),
  'log probabilities and annotations': responseOf([
    message(1, [textPart(wordsSaid, { logprobs: words.map(token), annotations: [fileCitation, fileCitation] })]),
  ]),
  'several parts and messages': responseOf([
    message(1, [textPart('One. '), textPart(longText)]),
    message(2, [textPart('Three.')]),
  ]),
  'a refusal': responseOf([message(1, [{ type: 'refusal', refusal: longText }])]),
  'one tool call': responseOf([
    {
      id: 'fc_1',
      type: 'function_call',
      call_id: 'call_1',
      name: 'tool',
      arguments: longArguments,
      status: 'completed',
    },
  ]),
  'several tool calls': responseOf([
    { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'tool', arguments: '{}', status: 'completed' },
    { id: 'ctc_1', type: 'custom_tool_call', call_id: 'call_2', name: 'sql', input: longText, status: 'completed' },
    { type: 'function_call', call_id: 'call_3', name: 'without_id', arguments: '{}', status: 'completed' },
  ]),
  'a summary of reasoning': responseOf([reasoning, message(2, [textPart('42')])]),
  'the text of reasoning': responseOf([
    { ...reasoning, summary: [], content: [{ type: 'reasoning_text', text: longText }], status: 'completed' },
    message(2, [textPart('42')]),
  ]),
  'hosted tools': responseOf([
    { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } },
    { id: 'fs_1', type: 'file_search_call', status: 'completed', queries: ['x'], results: [{ file_id: 'file-1' }] },
    { id: 'ci_1', type: 'code_interpreter_call', status: 'completed', code: longText, container_id: 'c', outputs: [] },
    { id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'iVBORw0KGgo=' },
    { id: 'ml_1', type: 'mcp_list_tools', server_label: 's', tools: [{ name: 't', input_schema: {} }], error: null },
    { id: 'mc_1', type: 'mcp_call', server_label: 's', name: 't', arguments: '{}', output: 'ok', error: null },
    { id: 'mc_2', type: 'mcp_call', server_label: 's', name: 't', arguments: '{}', output: null, error: { code: 1 } },
    message(2, [textPart('Done.')]),
  ]),
  'items of an unknown type': responseOf([
    { id: 'new_1', type: 'tomorrows_call', status: 'completed', stuff: { a: [1] } },
    message(2, [{ type: 'tomorrows_part', stuff: 1 }, textPart('x')]),
  ]),
  'a response cut at its limit': responseOf([message(1, [textPart('Hel')], 'incomplete')], {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  }),
  'a failed response': responseOf([], {
    status: 'failed',
    error: { code: 'server_error', message: 'Broke.' },
    usage: null,
  }),
};

const completionOf = (...choices: readonly Sample[]): Sample => ({
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1_700_000_000,
  model: 'gpt-3.5-turbo-instruct',
  choices,
  usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
});
const completionChoice = (text: string, more: Sample = {}): Sample => ({
  text,
  index: 0,
  logprobs: null,
  finish_reason: 'stop',
  ...more,
});

/** Finished answers of `/v1/completions` by what is in them. */
export const completionSamples: Readonly<Record<string, Sample>> = {
  text: completionOf(completionChoice(longText)),
  'an empty text': completionOf(completionChoice('')),
  'several choices': completionOf(
    completionChoice(longText),
    completionChoice('b', { index: 1, finish_reason: 'length' }),
  ),
  'log probabilities': completionOf(
    completionChoice(wordsSaid, {
      logprobs: {
        tokens: words,
        token_logprobs: words.map((_word, n) => (n === 0 ? null : -n)),
        top_logprobs: words.map((word) => ({ [word]: -1 })),
        text_offset: words.map((_word, n) => words.slice(0, n).join('').length),
      },
    }),
  ),
};
