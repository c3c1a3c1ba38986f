import { describe, expect, test } from '@jest/globals';
import { type BatchEndpoint } from '../endpoints.ts';
import { type JsonObject } from '../json.ts';
import { answerFor, answerTextFor } from './answer-for.ts';
import { checkBody } from './check-body.ts';

const chat = (more: JsonObject = {}, content: unknown = 'hello'): JsonObject => ({
  model: 'gpt-6-luna',
  messages: [{ role: 'user', content }],
  ...more,
});
const firstChoice = (body: JsonObject) => {
  const choices = answerFor('/v1/chat/completions', body).body['choices'] as unknown[];
  return choices[0];
};

describe('the answer to a body', () => {
  test('is the same for the same body whatever the order of its keys, and differs with any effective field', () => {
    const text = answerTextFor('/v1/chat/completions', chat({ temperature: 1 }));
    expect(text).toMatch(/^echo [0-9a-f]{16} : hello$/);
    const turned = Object.fromEntries(Object.entries(chat({ temperature: 1 })).toReversed());
    expect(answerTextFor('/v1/chat/completions', turned)).toBe(text);
    expect(answerTextFor('/v1/chat/completions', chat({ temperature: 0 }))).not.toBe(text);
    expect(answerTextFor('/v1/chat/completions', chat({ temperature: 1, stream: true, user: 'me' }))).toBe(text);
    expect(answerFor('/v1/chat/completions', chat())).toEqual(answerFor('/v1/chat/completions', chat()));
  });

  test('echoes the last user text, also out of content parts', () => {
    const parts = [
      { type: 'text', text: 'one ' },
      { type: 'text', text: 'two' },
    ];
    expect(answerTextFor('/v1/chat/completions', chat({}, parts))).toContain(' : one two');
    const input = [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'no' },
      { role: 'user', content: [{ type: 'input_text', text: 'last' }] },
    ];
    expect(answerTextFor('/v1/responses', { model: 'gpt-6-luna', input })).toMatch(/ : last$/);
  });

  test('is JSON when the request asks for JSON', () => {
    const text = answerTextFor('/v1/chat/completions', chat({ response_format: { type: 'json_object' } }));
    expect(JSON.parse(text)).toEqual({ echo: expect.stringMatching(/^[0-9a-f]{16}$/), text: 'hello' });
  });

  test('has n choices of which each differs, and usage that adds up', () => {
    const { body, usage } = answerFor('/v1/chat/completions', chat({ n: 3 }));
    const texts = (body['choices'] as { message: { content: string } }[]).map(({ message }) => message.content);
    expect(new Set(texts).size).toBe(3);
    expect(body['usage']).toMatchObject({
      prompt_tokens: usage.input,
      completion_tokens: usage.output,
      total_tokens: usage.input + usage.output,
    });
  });

  test('ends for length at the token limit, and by marker for a filter or a tool call', () => {
    expect(firstChoice(chat({ max_tokens: 2 }))).toMatchObject({
      finish_reason: 'length',
      message: { content: 'echo ' + answerTextFor('/v1/chat/completions', chat({ max_tokens: 2 })).slice(5, 8) },
    });
    expect(firstChoice(chat({}, '[[simulate:content_filter]]'))).toMatchObject({ finish_reason: 'content_filter' });
    const tools = [{ type: 'function', function: { name: 'look_up' } }];
    expect(firstChoice(chat({ tools }, '[[simulate:tool_call]]'))).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ type: 'function', function: { name: 'look_up' } }] },
    });
    const cut = answerFor('/v1/responses', { model: 'gpt-6-luna', input: 'x'.repeat(200), max_output_tokens: 16 });
    expect(cut.body).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  });

  test('embeddings are unit vectors that depend on the input alone and honour width and encoding', () => {
    const embed = (more: JsonObject) => {
      const { body } = answerFor('/v1/embeddings', { model: 'text-embedding-3-small', dimensions: 8, ...more });
      return (body['data'] as { embedding: unknown }[]).map(({ embedding }) => embedding);
    };
    const [alone] = embed({ input: 'b' }) as number[][];
    const [, second] = embed({ input: ['a', 'b'] }) as number[][];
    expect(second).toEqual(alone);
    expect(alone?.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(1, 5);
    const [encoded] = embed({ input: 'b', encoding_format: 'base64' });
    const bytes = Buffer.from(String(encoded), 'base64');
    expect(Array.from({ length: 8 }, (_, index) => bytes.readFloatLE(index * 4))).toEqual(alone);
    expect(answerFor('/v1/embeddings', { model: 'text-embedding-3-small', input: [1, 2, 3] }).usage.input).toBe(3);
  });

  test('completions are cut at 16 tokens unless told otherwise', () => {
    const complete = (more: JsonObject) => {
      const body = { model: 'gpt-3.5-turbo-instruct', prompt: 'x'.repeat(100), ...more };
      return (answerFor('/v1/completions', body).body['choices'] as JsonObject[])[0];
    };
    expect(complete({})).toMatchObject({ finish_reason: 'length', text: expect.stringMatching(/^.{64}$/) });
    expect(complete({ max_tokens: 100 })).toMatchObject({ finish_reason: 'stop' });
    expect(complete({ prompt: null })).toMatchObject({ finish_reason: 'stop' });
    expect(complete({ prompt: '[[simulate:content_filter]]' })).toMatchObject({ finish_reason: 'content_filter' });
  });

  test('images and moderations have their own shapes', () => {
    const draw = (more: JsonObject) =>
      answerFor('/v1/images/generations', { model: 'gpt-image-2.5-flare', prompt: 'cat', ...more }).body['data'];
    expect(draw({ n: 2 })).toEqual([{ b64_json: expect.any(String) }, { b64_json: expect.any(String) }]);
    expect(draw({ background: 'transparent' })).not.toEqual(draw({}));
    expect(draw({ model: 'dall-e-2', response_format: 'url' })).toEqual([{ url: expect.stringMatching(/^https:/) }]);
    const { body } = answerFor('/v1/moderations', {
      model: 'omni-moderation-latest',
      input: [{ type: 'text', text: 'a' }],
    });
    expect(body['results']).toHaveLength(1);
  });

  test('markers that refuse answer with their status and the envelope', () => {
    for (const status of [400, 401, 403, 404, 408, 429, 500, 503]) {
      const answer = answerFor('/v1/chat/completions', chat({}, `x [[simulate:${status}]]`));
      expect(answer.status).toBe(status);
      expect(Object.keys(answer.body['error'] as object)).toEqual(['message', 'type', 'param', 'code']);
    }
  });
});

test.each<[BatchEndpoint, JsonObject, string, string]>([
  ['/v1/chat/completions', chat({ messages: [] }), 'messages', 'empty_array'],
  ['/v1/chat/completions', chat({ messages: 'hi' }), 'messages', 'invalid_type'],
  ['/v1/chat/completions', chat({ messages: [{ role: 'boss' }] }), 'messages[0].role', 'invalid_value'],
  ['/v1/chat/completions', chat({ max_tokens: 0 }), 'max_tokens', 'integer_below_min_value'],
  ['/v1/chat/completions', chat({ max_tokens: 1.5 }), 'max_tokens', 'invalid_type'],
  ['/v1/chat/completions', chat({ temperature: 2.1 }), 'temperature', 'decimal_above_max_value'],
  ['/v1/chat/completions', chat({ n: 129 }), 'n', 'integer_above_max_value'],
  [
    '/v1/responses',
    { model: 'gpt-6-luna', input: 'x', max_output_tokens: 15 },
    'max_output_tokens',
    'integer_below_min_value',
  ],
  ['/v1/responses', { model: 'gpt-6-luna' }, 'input', 'missing_required_parameter'],
  ['/v1/embeddings', { model: 'text-embedding-3-small', input: [] }, 'input', 'empty_array'],
  [
    '/v1/embeddings',
    { model: 'text-embedding-3-small', input: 'x', encoding_format: 'hex' },
    'encoding_format',
    'invalid_value',
  ],
  ['/v1/completions', { model: 'gpt-3.5-turbo-instruct' }, 'prompt', 'missing_required_parameter'],
  ['/v1/completions', { model: 'gpt-3.5-turbo-instruct', prompt: 5 }, 'prompt', 'invalid_type'],
  ['/v1/moderations', { model: 'omni-moderation-latest' }, 'input', 'missing_required_parameter'],
  ['/v1/images/generations', { model: 'gpt-image-2' }, 'prompt', 'missing_required_parameter'],
  ['/v1/images/generations', { model: 'gpt-image-2', prompt: ['x'] }, 'prompt', 'invalid_type'],
  [
    '/v1/images/generations',
    { model: 'gpt-image-2', prompt: 'x', response_format: 'url' },
    'response_format',
    'unknown_parameter',
  ],
])('%s refuses %j', (endpoint, body, param, code) => {
  expect(checkBody(endpoint, body)?.body).toMatchObject({ type: 'invalid_request_error', param, code });
});

test('a model of another kind is refused with 404, a stored prompt stands in for input', () => {
  expect(checkBody('/v1/embeddings', { model: 'gpt-6-luna', input: 'x' })?.status).toBe(404);
  expect(checkBody('/v1/responses', { model: 'gpt-6-luna', previous_response_id: 'resp_1' })).toBeNull();
});
