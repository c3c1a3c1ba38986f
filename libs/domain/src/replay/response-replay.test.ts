import { describe, expect, test } from '@jest/globals';
import { responseReplay } from './response-replay.ts';
import { type JsonObject } from './stream-replay.ts';
import { accumulateOutput, eventsOf } from './testing/accumulate-response.ts';
import { randomText, seeded } from './testing/random.ts';

const replay = (answer: unknown) => eventsOf(responseReplay.answer(answer, { includeUsage: false }));
const typesOf = (answer: unknown) => replay(answer).map(({ type }) => String(type).replace('response.', ''));

const response = (output: readonly JsonObject[], more: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  completed_at: 2,
  status: 'completed',
  error: null,
  incomplete_details: null,
  model: 'gpt-4o-mini',
  output,
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  ...more,
});
const message = (...content: readonly JsonObject[]): JsonObject => ({
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content,
});
const text = (said: string, more: JsonObject = {}): JsonObject => ({
  type: 'output_text',
  text: said,
  annotations: [],
  logprobs: [],
  ...more,
});

test('a text: begun without what it will have, then its parts, then whole', () => {
  const answer = response([message(text('Hello'))]);
  const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
  const begun = { ...answer, status: 'in_progress', output: [], usage: null, completed_at: null };
  const events = replay(answer).map(({ sequence_number: _, ...event }) => event);
  expect(events).toEqual([
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...message(), status: 'in_progress' },
    },
    { type: 'response.content_part.added', ...at, part: text('') },
    { type: 'response.output_text.delta', ...at, delta: 'Hello', logprobs: [] },
    { type: 'response.output_text.done', ...at, text: 'Hello', logprobs: [] },
    { type: 'response.content_part.done', ...at, part: text('Hello') },
    { type: 'response.output_item.done', output_index: 0, item: message(text('Hello')) },
    { type: 'response.completed', response: answer },
  ]);
});

describe('the events of an item', () => {
  const call = { id: 'x_1', call_id: 'call_1', name: 'f', status: 'completed' };
  test.each<[string, JsonObject, readonly string[]]>([
    [
      'a refusal',
      message({ type: 'refusal', refusal: 'No.' }),
      ['content_part.added', 'refusal.delta', 'refusal.done', 'content_part.done'],
    ],
    [
      'a text with an annotation',
      message(text('See.', { annotations: [{ type: 'url_citation' }] })),
      [
        'content_part.added',
        'output_text.delta',
        'output_text.annotation.added',
        'output_text.done',
        'content_part.done',
      ],
    ],
    [
      'a function call',
      { ...call, type: 'function_call', arguments: '{}' },
      ['function_call_arguments.delta', 'function_call_arguments.done'],
    ],
    [
      'a custom tool',
      { ...call, type: 'custom_tool_call', input: 'x' },
      ['custom_tool_call_input.delta', 'custom_tool_call_input.done'],
    ],
    [
      'reasoning',
      { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: 'x' }], encrypted_content: 'g' },
      [
        'reasoning_summary_part.added',
        'reasoning_summary_text.delta',
        'reasoning_summary_text.done',
        'reasoning_summary_part.done',
      ],
    ],
    [
      'reasoning with its text',
      { id: 'rs_1', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'x' }] },
      ['content_part.added', 'reasoning_text.delta', 'reasoning_text.done', 'content_part.done'],
    ],
    [
      'a web search',
      { id: 'ws_1', type: 'web_search_call', status: 'completed' },
      ['web_search_call.in_progress', 'web_search_call.searching', 'web_search_call.completed'],
    ],
    [
      'a web search that failed',
      { id: 'ws_1', type: 'web_search_call', status: 'failed' },
      ['web_search_call.in_progress', 'web_search_call.searching'],
    ],
    [
      'a call of an MCP server that failed',
      { id: 'mc_1', type: 'mcp_call', arguments: '{}', output: null, error: { code: 1 } },
      ['mcp_call.in_progress', 'mcp_call_arguments.delta', 'mcp_call_arguments.done', 'mcp_call.failed'],
    ],
    [
      'code that is run',
      { id: 'ci_1', type: 'code_interpreter_call', status: 'completed', code: '1+1', outputs: [] },
      [
        'code_interpreter_call.in_progress',
        'code_interpreter_call_code.delta',
        'code_interpreter_call_code.done',
        'code_interpreter_call.interpreting',
        'code_interpreter_call.completed',
      ],
    ],
    ['an item of an unknown type', { id: 'n_1', type: 'tomorrows_call', stuff: 1 }, []],
    ['an item without an id', { type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' }, []],
    ['a part of an unknown type', message({ type: 'new', a: 1 }), ['content_part.added', 'content_part.done']],
  ])('%s', (_name, item, between) => {
    const answer = response([item]);
    expect(typesOf(answer)).toEqual([
      'created',
      'in_progress',
      'output_item.added',
      ...between,
      'output_item.done',
      'completed',
    ]);
    expect(accumulateOutput(replay(answer))).toEqual([item]);
  });
});

test.each([
  ['completed', 'completed'],
  ['incomplete', 'incomplete'],
  ['failed', 'failed'],
  ['cancelled', 'incomplete'],
])('a response that is %s ends so, with all that it has', (status, last) => {
  const answer = response([message(text('x'))], { status });
  expect(replay(answer).at(-1)).toMatchObject({ type: `response.${last}`, response: answer });
});

test('only what the response has is emptied at its beginning', () => {
  const [first] = replay({ id: 'resp_1', status: 'completed' });
  expect(first?.['response']).toEqual({ id: 'resp_1', status: 'in_progress', output: [] });
});

test.each([
  ['nothing', null],
  ['a list', []],
  ['an output that is none', { output: 'x' }],
  ['items that are none', { output: [null, 5, [], {}] }],
  ['a content that is none', { output: [{ id: 'x', type: 'message', content: 5 }] }],
  ['parts that are none', { output: [{ id: 'x', type: 'message', content: [null, 'x', { type: 'output_text' }] }] }],
  ['a summary that is none', { output: [{ id: 'x', type: 'reasoning', summary: 'x' }] }],
  ['arguments that are no text', { output: [{ id: 'x', type: 'function_call', arguments: {} }] }],
  ['a type from the prototype', { output: [{ id: 'x', type: 'constructor' }] }],
])('%s still is a stream', (_name, answer) => {
  const types = typesOf(answer);
  expect(types.slice(0, 2)).toEqual(['created', 'in_progress']);
  expect(types.at(-1)).toBe('completed');
});

test.each(Array.from({ length: 200 }, (_one, seed) => seed))('seed %i: random texts come together again', (seed) => {
  const pick = seeded(seed);
  const some = () => randomText(pick, pick(4) === 0 ? 3000 : 60);
  const part = (): JsonObject => {
    const said = some();
    const tokens = said.match(/[^]{1,5}/gu)?.map((token) => ({ token, logprob: -1 })) ?? [];
    const parts = [text(said), text(said, { logprobs: tokens }), { type: 'refusal', refusal: said }];
    return parts[pick(parts.length)] ?? {};
  };
  const items: (() => JsonObject)[] = [
    () => message(...Array.from({ length: pick(3) }, part)),
    () => ({ type: 'function_call', call_id: 'c', name: 'f', arguments: some(), status: 'completed' }),
    () => ({ type: 'custom_tool_call', call_id: 'c', name: 'f', input: some() }),
    () => ({
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: some() }],
      content: [{ type: 'reasoning_text', text: some() }],
    }),
    () => ({ type: 'mcp_call', arguments: some(), output: some(), error: null }),
    () => ({ type: 'code_interpreter_call', code: some(), outputs: [], status: 'completed' }),
  ];
  const output = Array.from({ length: pick(5) }, (_one, n) => ({ ...items[pick(items.length)]?.(), id: `item_${n}` }));
  expect(accumulateOutput(replay(response(output)))).toEqual(output);
});
