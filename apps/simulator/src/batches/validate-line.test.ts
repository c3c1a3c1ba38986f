import { describe, expect, test } from '@jest/globals';
import { type BatchEndpoint } from '../endpoints.ts';
import { type JsonObject } from '../json.ts';
import { createModelCatalogue } from '../models.ts';
import { type FileFacts, validateLine } from './validate-line.ts';

const factsFor = (endpoint: BatchEndpoint = '/v1/chat/completions'): FileFacts => ({
  endpoint,
  models: createModelCatalogue(['my-model', 'own-*']),
  customIds: new Set(),
  model: null,
  embeddingInputs: 0,
});
const body = { model: 'gpt-6-luna', messages: [{ role: 'user', content: 'x' }] };
const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body };
const check = (given: JsonObject, facts = factsFor()) => validateLine(JSON.stringify(given), facts);

describe('a line', () => {
  test('in order is accepted, also with a model that was configured', () => {
    expect(check(line)).toBeNull();
    for (const model of ['my-model', 'own-thing', 'gpt-6-luna-2026-08-06']) {
      expect(check({ ...line, body: { ...body, model } })).toBeNull();
    }
  });

  test.each(['', 'x', '[]', '"text"', '{"a":1', '\uFEFF{}'])(
    'that is no JSON object (%j) is invalid_json_line',
    (text) => {
      expect(validateLine(text, factsFor())).toMatchObject({ code: 'invalid_json_line', param: null });
    },
  );

  test.each<[string, string, JsonObject]>([
    ['missing_required_parameter', 'custom_id', { ...line, custom_id: undefined }],
    ['missing_required_parameter', 'method', { ...line, method: undefined }],
    ['missing_required_parameter', 'url', { ...line, url: undefined }],
    ['missing_required_parameter', 'body', { ...line, body: undefined }],
    ['invalid_type', 'custom_id', { ...line, custom_id: 5 }],
    ['invalid_type', 'body', { ...line, body: 'x' }],
    ['invalid_method', 'method', { ...line, method: 'GET' }],
    ['invalid_url', 'url', { ...line, url: '/v1/responses' }],
    ['invalid_request', 'body.model', { ...line, body: { ...body, model: undefined } }],
    ['invalid_request', 'body.messages', { ...line, body: { ...body, messages: undefined } }],
    ['model_not_found', 'body.model', { ...line, body: { ...body, model: 'gpt-none' } }],
    ['streaming_unsupported', 'body.stream', { ...line, body: { ...body, stream: true } }],
  ])('is refused with %s for %s', (code, param, given) => {
    expect(check(given)).toMatchObject({ code, param });
  });

  test('with a used custom id, or another model than the lines before, is refused', () => {
    const facts = factsFor();
    const long = 'i'.repeat(5000);
    expect(check({ ...line, custom_id: long }, facts)).toBeNull();
    expect(check({ ...line, custom_id: long }, facts)).toMatchObject({
      code: 'duplicate_custom_id',
      param: 'custom_id',
    });
    expect(check({ ...line, custom_id: 'b', body: { ...body, model: 'gpt-6-sol' } }, facts)).toMatchObject({
      code: 'mismatched_model',
      param: 'body.model',
    });
  });

  test('of embeddings adds its inputs: texts or lists of tokens', () => {
    const facts = factsFor('/v1/embeddings');
    const inputs = ['one', ['a', 'b'], [1, 2, 3], [[1], [2], [3]]];
    for (const [index, input] of inputs.entries()) {
      const given = {
        custom_id: String(index),
        method: 'POST',
        url: '/v1/embeddings',
        body: { model: 'text-embedding-3-small', input },
      };
      expect(check(given, facts)).toBeNull();
    }
    expect(facts.embeddingInputs).toBe(1 + 2 + 1 + 3);
  });
});
