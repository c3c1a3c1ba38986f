import { describe, expect, test } from '@jest/globals';
import { batchEndpoint, formatGroup, accountId, tenantId, type BatchEndpoint } from '@batch-gpt/contracts';
import { endpointTable } from './endpoint-table.ts';
import { estimateTokens } from './estimate-tokens.ts';
import { streamWish } from '../replay/stream-wish.ts';
import { withModel } from './with-model.ts';

const chat = endpointTable['/v1/chat/completions'];
const embed = endpointTable['/v1/embeddings'];
const respond = endpointTable['/v1/responses'];
const complete = endpointTable['/v1/completions'];
const moderate = endpointTable['/v1/moderations'];
const draw = endpointTable['/v1/images/generations'];

const user = { role: 'user', content: 'hello' };
const good: Readonly<Record<BatchEndpoint, Record<string, unknown>>> = {
  '/v1/chat/completions': { model: 'gpt-4o-mini', messages: [user] },
  '/v1/embeddings': { model: 'text-embedding-3-small', input: 'hello' },
  '/v1/responses': { model: 'gpt-4o-mini', input: 'hello' },
  '/v1/completions': { model: 'gpt-3.5-turbo-instruct', prompt: 'hello' },
  '/v1/moderations': { model: 'omni-moderation-latest', input: 'hello' },
  '/v1/images/generations': { model: 'gpt-image-2.5-flare', prompt: 'a cat' },
};

describe.each(batchEndpoint.options)('%s', (path) => {
  const endpoint = endpointTable[path];
  const body = good[path];

  test('stands in its own row', () => {
    expect(endpoint.path).toBe(path);
  });

  test('takes a good body, whatever unknown fields it has', () => {
    expect(endpoint.check({ ...body, tomorrows_field: { a: [1] }, stream: false, background: null })).toBeNull();
  });

  test.each([
    [undefined, 'missing_required_parameter'],
    [null, 'missing_required_parameter'],
    [7, 'invalid_type'],
    [['gpt-4o'], 'invalid_type'],
    ['', 'invalid_value'],
    ['x'.repeat(257), 'invalid_value'],
    ['a\nb', 'invalid_value'],
    ['\ud800', 'invalid_value'],
    ['€'.repeat(250), 'invalid_value'],
  ])('refuses the model %j as %s', (model, code) => {
    expect(endpoint.check({ ...body, model })).toMatchObject({ code, param: 'model' });
  });

  test('takes background: true where it has a background mode', () => {
    const refusal = endpoint.check({ ...body, background: true });
    if (path === '/v1/responses') expect(refusal).toBeNull();
    else expect(refusal).toMatchObject({ code: 'unsupported_value', param: 'background' });
  });

  test('takes stream: true where it has streams', () => {
    const refusal = endpoint.check({ ...body, stream: true });
    if (endpoint.replay === null) expect(refusal).toMatchObject({ code: 'unsupported_value', param: 'stream' });
    else expect(refusal).toBeNull();
  });

  test.each(['yes', 1, {}])('refuses stream: %j', (stream) => {
    expect(endpoint.check({ ...body, stream })).toMatchObject({ code: 'invalid_type', param: 'stream' });
  });

  test('sends nothing that is hashed away silently: what is never sent is not hashed', () => {
    for (const name of endpoint.neverSent) expect(endpoint.unhashed.has(name)).toBe(true);
  });
});

test('chat, responses and completions have streams, and nothing else has', () => {
  const streamed = Object.values(endpointTable).filter(({ replay }) => replay !== null);
  expect(streamed).toEqual([chat, respond, complete]);
});

test.each([
  [{}, null],
  [{ stream: false }, null],
  [{ stream: true }, false],
  [{ stream: true, stream_options: null }, false],
  [{ stream: true, stream_options: { include_usage: false } }, false],
  [{ stream: true, stream_options: { include_usage: true, include_obfuscation: false } }, true],
])('%j: whether a stream is asked for, with its usage', (change, includeUsage) => {
  const body = { ...good[chat.path], ...change };
  expect(chat.check(body)).toBeNull();
  expect(streamWish(chat, body)?.includeUsage ?? null).toBe(includeUsage);
  expect(streamWish(embed, body)).toBeNull();
});

test.each([
  [{ background: 'yes' }, 'background', 'invalid_type'],
  [{ background: true, store: false }, 'store', 'unsupported_value'],
])('a response in the background is not %j', (change, param, code) => {
  expect(respond.check({ ...good[respond.path], ...change })).toMatchObject({ code, param });
  expect(respond.check({ ...good[respond.path], ...change, background: false })).toBeNull();
});

test('options of a stream are an object', () => {
  const body = { ...good[chat.path], stream: true, stream_options: 'usage' };
  expect(chat.check(body)).toMatchObject({ code: 'invalid_type', param: 'stream_options' });
});

test('every model that is taken can name a group', () => {
  const group = {
    tenant: tenantId.parse('t'.repeat(64)),
    account: accountId.parse('a'.repeat(64)),
    split: '0'.repeat(64),
  };
  for (const model of ['gpt-4o', 'ft:gpt-4o:org::id', 'a|b%', '€'.repeat(85), 'x'.repeat(256)]) {
    expect(chat.check({ model, messages: [user] })).toBeNull();
    expect(() => formatGroup({ ...group, endpoint: '/v1/chat/completions', model })).not.toThrow();
  }
});

test.each([
  [chat, { messages: undefined }, 'missing_required_parameter', 'messages'],
  [chat, { messages: 'hello' }, 'invalid_type', 'messages'],
  [chat, { messages: {} }, 'invalid_type', 'messages'],
  [chat, { messages: [] }, 'invalid_value', 'messages'],
  [embed, { input: undefined }, 'missing_required_parameter', 'input'],
  [embed, { input: null }, 'missing_required_parameter', 'input'],
  [embed, { input: 5 }, 'invalid_type', 'input'],
  [embed, { input: [] }, 'invalid_value', 'input'],
  [embed, { input: Array.from({ length: 50_001 }, () => 'x') }, 'invalid_value', 'input'],
  [respond, { input: undefined }, 'missing_required_parameter', 'input'],
  [respond, { input: true }, 'invalid_type', 'input'],
  [complete, { prompt: undefined }, 'missing_required_parameter', 'prompt'],
  [complete, { prompt: 5 }, 'invalid_type', 'prompt'],
  [complete, { prompt: [] }, 'invalid_value', 'prompt'],
  [moderate, { input: null }, 'missing_required_parameter', 'input'],
  [moderate, { input: { type: 'text', text: 'x' } }, 'invalid_type', 'input'],
  [moderate, { input: [] }, 'invalid_value', 'input'],
  [draw, { prompt: null }, 'missing_required_parameter', 'prompt'],
  [draw, { prompt: ['a cat'] }, 'invalid_type', 'prompt'],
])('%# a body without what its endpoint needs is refused', (endpoint, fault, code, param) => {
  expect(endpoint.check({ ...good[endpoint.path], ...fault })).toMatchObject({ code, param });
});

test.each(['prompt', 'previous_response_id', 'conversation'])('%s stands in for the input of a response', (name) => {
  expect(respond.check({ model: 'gpt-4o', [name]: 'x' })).toBeNull();
});

test.each([null, '', 'x', ['x'], [1, 2], [[1], [2]]])('%j is a prompt', (prompt) => {
  expect(complete.check({ ...good['/v1/completions'], prompt })).toBeNull();
});

test.each(['x', ['x', 'y'], [{ type: 'text', text: 'x' }]])('%j is moderated', (input) => {
  expect(moderate.check({ ...good['/v1/moderations'], input })).toBeNull();
});

describe('a body without a model', () => {
  test.each([{}, { model: null }])('gets the one that moderations take by themselves: %j', (model) => {
    expect(withModel(moderate, { input: 'x', ...model })).toEqual({ input: 'x', model: 'omni-moderation-latest' });
    expect(withModel(moderate, { input: 'x', model: 'text-moderation-latest' })['model']).toBe(
      'text-moderation-latest',
    );
  });

  test('stays without one elsewhere', () => {
    for (const path of batchEndpoint.options.filter((one) => one !== '/v1/moderations')) {
      expect(withModel(endpointTable[path], {})).toEqual({});
    }
  });

  test('keeps every other name', () => {
    const body = withModel(moderate, JSON.parse('{"__proto__":{"model":"m"},"input":"x"}') as Record<string, unknown>);
    expect(JSON.stringify(body)).toBe('{"__proto__":{"model":"m"},"input":"x","model":"omni-moderation-latest"}');
  });
});

test('what stands behind a picture is hashed and sent', () => {
  for (const fields of [draw.unhashed, draw.neverSent]) expect(fields.has('background')).toBe(false);
  expect(draw.unhashed.size).toBe(chat.unhashed.size - 1);
});

test.each<[string, BatchEndpoint, number]>([
  ['texts count more bytes a token where they are nothing but text', '/v1/embeddings', 3],
  ['everywhere else', '/v1/chat/completions', 4],
  ['moderations too', '/v1/moderations', 4],
])('prompt tokens are estimated: %s', (_name, path, tokens) => {
  expect(estimateTokens(10, path)).toBe(tokens);
});

test.each([
  ['one text', 'hello', 1],
  ['texts', ['a', 'b', 'c'], 3],
  ['one list of tokens', [1, 2, 3], 1],
  ['lists of tokens', [[1, 2], [3]], 2],
])('%s: inputs of an embeddings call', (_name, input, count) => {
  expect(embed.countInputs({ input })).toBe(count);
  expect(chat.countInputs({ input })).toBe(0);
});

describe('what may be shared', () => {
  test.each([
    [chat, {}, true],
    [chat, { tools: [{ type: 'function', function: { name: 'f' } }] }, true],
    [chat, { tools: [] }, true],
    [chat, { messages: [{ role: 'user', content: 'my file_id is "file_id"' }] }, true],
    [chat, { web_search_options: {} }, false],
    [chat, { model: 'gpt-4o-search-preview-2025-03-11' }, false],
    [chat, { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] }, false],
    [chat, { messages: [user, { role: 'assistant', audio: { id: 'audio_1' } }] }, false],
    [respond, {}, true],
    [respond, { tools: [{ type: 'custom', name: 'f' }] }, true],
    [respond, { tools: [{ type: 'function' }, { type: 'web_search' }] }, false],
    [respond, { tools: [{ type: 'file_search', vector_store_ids: ['vs_1'] }] }, false],
    [respond, { tools: [{}] }, false],
    [respond, { previous_response_id: 'resp_1' }, false],
    [respond, { conversation: { id: 'conv_1' } }, false],
    [respond, { prompt: { id: 'pmpt_1' } }, false],
    [respond, { previous_response_id: null }, true],
    [respond, { input: [{ type: 'item_reference', id: 'msg_1' }] }, false],
    [respond, { input: [{ id: 'msg_1' }] }, false],
    [respond, { input: [{ id: 'msg_1', role: 'assistant', content: 'said' }] }, true],
    [respond, { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file-1' }] }] }, false],
    [embed, {}, true],
    [complete, {}, true],
    [moderate, {}, true],
    [draw, {}, true],
  ])('%#', (endpoint, change, shareable) => {
    expect(endpoint.isShareable({ ...good[endpoint.path], ...change })).toBe(shareable);
  });
});

test.each([
  [chat, { max_tokens: 5 }, true],
  [chat, { max_completion_tokens: 5 }, true],
  [chat, { max_tokens: null }, false],
  [chat, { max_output_tokens: 5 }, false],
  [respond, { max_output_tokens: 5 }, true],
  [respond, {}, false],
  [embed, { max_tokens: 5 }, false],
  [complete, {}, true],
  [moderate, {}, false],
  [draw, { n: 1 }, false],
])('%# whether the caller limited the output', (endpoint, change, limited) => {
  expect(endpoint.hasOutputLimit({ ...good[endpoint.path], ...change })).toBe(limited);
});

test.each([
  [chat, {}, true],
  [chat, { temperature: null }, true],
  [chat, { temperature: 0.2 }, true],
  [chat, { temperature: 0 }, false],
  [respond, { temperature: 0 }, false],
  [embed, {}, false],
  [endpointTable['/v1/moderations'], {}, false],
  [endpointTable['/v1/images/generations'], {}, true],
])('%# whether the same call may be answered differently each time', (endpoint, change, sampled) => {
  expect(endpoint.isSampled({ ...good[endpoint.path], ...change })).toBe(sampled);
});
