import { createHash } from 'node:crypto';
import { missingField } from '../answers/check-body.ts';
import { embeddingInputs } from '../answers/embedding-answer.ts';
import { type BatchEndpoint } from '../endpoints.ts';
import { isObject, type JsonObject, parseJson, typeName } from '../json.ts';
import { type ModelCatalogue } from '../models.ts';
import { type BatchError } from './batch.ts';

/** What the lines of one file have told so far; grows with the number of lines, not with their size. */
export interface FileFacts {
  readonly endpoint: BatchEndpoint;
  readonly models: ModelCatalogue;
  readonly customIds: Set<string>;
  model: string | null;
  embeddingInputs: number;
}

type Fault = Omit<BatchError, 'line'>;

const fault = (code: string, param: string | null, message: string): Fault => ({ code, param, message });
const parts = ['custom_id', 'method', 'url', 'body'] as const;

/** Checks one line of an input file against section 6 of the reference; its first fault, null for a good line. */
export function validateLine(text: string, facts: FileFacts): Fault | null {
  const line = parseJson(text);
  if (!isObject(line)) return fault('invalid_json_line', null, 'This line is not parseable as valid JSON.');
  const absent = parts.find((name) => line[name] === undefined);
  if (absent !== undefined) {
    return fault('missing_required_parameter', absent, `Missing required parameter: '${absent}'.`);
  }
  return checkEnvelope(line, facts) ?? checkLineBody(line['body'] as JsonObject, facts);
}

function checkEnvelope(line: JsonObject, facts: FileFacts): Fault | null {
  const id = line['custom_id'];
  if (typeof id !== 'string') return wrongType('custom_id', 'a string', id);
  if (!isObject(line['body'])) return wrongType('body', 'an object', line['body']);
  if (line['method'] !== 'POST') return fault('invalid_method', 'method', "The method must be 'POST'.");
  if (line['url'] !== facts.endpoint) {
    return fault('invalid_url', 'url', 'The URL provided for this request does not match the batch endpoint.');
  }
  const mark = idMark(id);
  if (facts.customIds.has(mark)) {
    return fault('duplicate_custom_id', 'custom_id', `The custom_id '${id.slice(0, 100)}' is used more than once.`);
  }
  facts.customIds.add(mark);
  return null;
}

function checkLineBody(body: JsonObject, facts: FileFacts): Fault | null {
  const model = body['model'];
  if (typeof model !== 'string' || model === '') {
    return fault('invalid_request', 'body.model', 'The model parameter is required.');
  }
  if (!facts.models.has(model)) {
    return fault(
      'model_not_found',
      'body.model',
      `The provided model '${model.slice(0, 100)}' is not supported by the Batch API.`,
    );
  }
  facts.model ??= model;
  if (model !== facts.model) {
    return fault('mismatched_model', 'body.model', 'All requests of a batch must use the same model.');
  }
  if (body['stream'] === true) {
    return fault('streaming_unsupported', 'body.stream', 'Streaming is not supported in the Batch API.');
  }
  const missing = missingField(facts.endpoint, body);
  if (missing !== null) return fault('invalid_request', `body.${missing}`, `The ${missing} parameter is required.`);
  if (facts.endpoint === '/v1/embeddings') facts.embeddingInputs += embeddingInputs(body['input']).length;
  return null;
}

const wrongType = (param: string, expected: string, value: unknown): Fault =>
  fault(
    'invalid_type',
    param,
    `Invalid type for '${param}': expected ${expected}, but got ${typeName(value)} instead.`,
  );

/** A long id is remembered by its hash, so that 50,000 of them stay small. */
const idMark = (id: string): string => (id.length <= 64 ? id : createHash('sha256').update(id).digest('base64'));
