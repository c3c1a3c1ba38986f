import { type ApiError, invalidRequest, invalidType, invalidValue, missingParameter } from '../api-error.ts';
import { type BatchEndpoint, modelKindFor, requiredField } from '../endpoints.ts';
import { isObject, type JsonObject, typeName } from '../json.ts';
import { kindOf } from '../models.ts';

type Check = (body: JsonObject) => ApiError | null;

const roles = ['developer', 'system', 'user', 'assistant', 'tool', 'function'];
/** The most inputs one embeddings call takes (reference). */
const embeddingInputsPerCall = 2048;

/** A number within bounds; absent and null are fine. */
function number(param: string, kind: 'integer' | 'decimal', min: number, max = Number.POSITIVE_INFINITY): Check {
  return (body) => {
    const value = body[param];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value))) {
      return invalidType(param, kind === 'integer' ? 'an integer' : 'a decimal', typeName(value));
    }
    if (value >= min && value <= max) return null;
    const [word, code, bound] =
      value < min ? ['below minimum', 'below_min', `>= ${min}`] : ['above maximum', 'above_max', `<= ${max}`];
    const message = `Invalid '${param}': ${kind} ${word} value. Expected a value ${bound}, but got ${value} instead.`;
    return invalidRequest(message, { param, code: `${kind}_${code}_value` });
  };
}

const emptyArray = (param: string): ApiError =>
  invalidRequest(
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    {
      param,
      code: 'empty_array',
    },
  );

function checkMessages(body: JsonObject): ApiError | null {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return invalidType('messages', 'an array of objects', typeName(messages));
  if (messages.length === 0) return emptyArray('messages');
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return invalidType(`messages[${index}]`, 'an object', typeName(message));
    const role = message['role'];
    if (role === undefined) return missingParameter(`messages[${index}].role`);
    if (!roles.some((known) => known === role)) return invalidValue(`messages[${index}].role`, role, roles);
  }
  return null;
}

function textOrList(param: string): Check {
  return (body) => {
    const value = body[param];
    if (value === undefined || value === null) return null;
    if (Array.isArray(value)) return value.length === 0 ? emptyArray(param) : null;
    return typeof value === 'string' ? null : invalidType(param, 'a string or an array', typeName(value));
  };
}

function checkPicture(body: JsonObject): ApiError | null {
  const { prompt, model } = body;
  if (typeof prompt !== 'string') return invalidType('prompt', 'a string', typeName(prompt));
  // A parameter of models before these, which always answer in base64.
  const isKnown = body['response_format'] === undefined || !isGptImage(model);
  return isKnown
    ? null
    : invalidRequest("Unknown parameter: 'response_format'.", { param: 'response_format', code: 'unknown_parameter' });
}

const isGptImage = (model: unknown): boolean => typeof model === 'string' && /^(chat)?gpt-image/.test(model);

function checkEmbeddingInput(body: JsonObject): ApiError | null {
  const input = body['input'];
  const format = body['encoding_format'];
  if (format !== undefined && format !== 'float' && format !== 'base64') {
    return invalidValue('encoding_format', format, ['float', 'base64']);
  }
  if (input === '') return invalidRequest("'input' cannot be an empty string.", { param: 'input' });
  const tooMany = Array.isArray(input) && typeof input[0] !== 'number' && input.length > embeddingInputsPerCall;
  return tooMany
    ? invalidRequest(
        `Invalid 'input': array too long. Expected an array with maximum length ${embeddingInputsPerCall}.`,
        {
          param: 'input',
          code: 'array_above_max_length',
        },
      )
    : null;
}

const sampling = [number('temperature', 'decimal', 0, 2), number('top_p', 'decimal', 0, 1)];
const penalties = [number('presence_penalty', 'decimal', -2, 2), number('frequency_penalty', 'decimal', -2, 2)];

const checks: Readonly<Record<BatchEndpoint, readonly Check[]>> = {
  '/v1/chat/completions': [
    checkMessages,
    number('max_tokens', 'integer', 1),
    number('max_completion_tokens', 'integer', 1),
    number('n', 'integer', 1, 128),
    number('top_logprobs', 'integer', 0, 20),
    ...sampling,
    ...penalties,
  ],
  '/v1/responses': [
    textOrList('input'),
    number('max_output_tokens', 'integer', 16),
    number('top_logprobs', 'integer', 0, 20),
    ...sampling,
  ],
  '/v1/embeddings': [textOrList('input'), checkEmbeddingInput, number('dimensions', 'integer', 1, 3072)],
  '/v1/completions': [
    textOrList('prompt'),
    number('max_tokens', 'integer', 0),
    number('n', 'integer', 1, 128),
    ...sampling,
    ...penalties,
  ],
  '/v1/moderations': [textOrList('input')],
  '/v1/images/generations': [checkPicture, number('n', 'integer', 1, 10)],
  '/v1/images/edits': [],
  '/v1/videos': [],
};

/** True if a body lacks its endpoint's required field; stored prompts and conversations stand in for a response's input. */
export function missingField(endpoint: BatchEndpoint, body: JsonObject): string | null {
  const field = requiredField[endpoint];
  if (field === null || (body[field] !== undefined && body[field] !== null)) return null;
  // No prompt is the beginning of a new document (OpenAI API reference), but it has to be said.
  if (endpoint === '/v1/completions') return body[field] === undefined ? field : null;
  const standIns = ['prompt', 'previous_response_id', 'conversation'];
  return endpoint === '/v1/responses' && standIns.some((name) => body[name] !== undefined) ? null : field;
}

/** The first refusal the provider would give to one call with this body, null for a good one. */
export function checkBody(endpoint: BatchEndpoint, body: JsonObject): ApiError | null {
  const model = body['model'];
  if (typeof model !== 'string') return missingParameter('model');
  const kind = kindOf(model);
  if (kind !== null && kind !== modelKindFor[endpoint]) return wrongKind(endpoint, model);
  const missing = missingField(endpoint, body);
  if (missing !== null) return missingParameter(missing);
  for (const check of checks[endpoint]) {
    const refusal = check(body);
    if (refusal !== null) return refusal;
  }
  return null;
}

const wrongKind = (endpoint: string, model: string): ApiError =>
  invalidRequest(`The model '${model}' is not supported in the ${endpoint.slice(1)} endpoint.`, {
    status: 404,
    param: 'model',
  });
