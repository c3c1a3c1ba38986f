import { invalidRequest, invalidType, invalidValue, missingParameter } from '../api-error.ts';
import { type BatchOrder } from '../batches/batch.ts';
import { batchEndpoints, isBatchEndpoint } from '../endpoints.ts';
import { isObject, type JsonObject, typeName } from '../json.ts';

const maxPairs = 16;
const maxKeyLength = 64;
const maxValueLength = 512;
const minSeconds = 3600;
const maxSeconds = 2_592_000;

/** Reads the body of a create call; throws what OpenAI refuses synchronously (reference 3.1 and 3.2). */
export function parseBatchOrder(body: unknown): BatchOrder {
  if (!isObject(body)) throw missingParameter('input_file_id');
  const inputFileId = requiredText(body, 'input_file_id');
  const endpoint = requiredText(body, 'endpoint');
  if (!isBatchEndpoint(endpoint)) throw invalidValue('endpoint', endpoint, batchEndpoints);
  const window = requiredText(body, 'completion_window');
  if (window !== '24h') throw invalidValue('completion_window', window, ['24h']);
  return {
    inputFileId,
    endpoint,
    metadata: readMetadata(body['metadata']),
    outputSeconds: readExpiresAfter(body['output_expires_after'], 'output_expires_after'),
  };
}

function requiredText(body: JsonObject, name: string): string {
  const value = body[name];
  if (value === undefined || value === null || value === '') throw missingParameter(name);
  if (typeof value !== 'string') throw invalidType(name, 'a string', typeName(value));
  return value;
}

function readMetadata(metadata: unknown): Record<string, string> | null {
  if (metadata === undefined || metadata === null) return null;
  if (!isObject(metadata)) throw invalidType('metadata', 'an object with string values', typeName(metadata));
  const pairs = Object.entries(metadata);
  if (pairs.length > maxPairs)
    throw tooLong('metadata', 'too many properties', maxPairs, 'object_above_max_properties');
  return Object.fromEntries(pairs.map(([key, value]) => checkPair(key, value)));
}

function checkPair(key: string, value: unknown): [string, string] {
  if (key.length > maxKeyLength) throw tooLong('metadata', 'key too long', maxKeyLength, 'string_above_max_length');
  if (typeof value !== 'string') throw invalidType(`metadata.${key}`, 'a string', typeName(value));
  if (value.length > maxValueLength) {
    throw tooLong(`metadata.${key}`, 'string too long', maxValueLength, 'string_above_max_length');
  }
  return [key, value];
}

const tooLong = (param: string, what: string, max: number, code: string): Error =>
  invalidRequest(`Invalid '${param}': ${what}. Expected at most ${max}.`, { param, code });

/** Reads `{anchor, seconds}`; null if absent. Seconds must be 3600 to 2592000. */
export function readExpiresAfter(value: unknown, param: string): number | null {
  if (value === undefined || value === null) return null;
  if (!isObject(value)) throw invalidType(param, 'an object', typeName(value));
  if (value['anchor'] !== 'created_at') throw invalidValue(`${param}.anchor`, value['anchor'], ['created_at']);
  const seconds = value['seconds'];
  if (typeof seconds !== 'number' || !Number.isInteger(seconds)) {
    throw invalidType(`${param}.seconds`, 'an integer', typeName(seconds));
  }
  if (seconds >= minSeconds && seconds <= maxSeconds) return seconds;
  throw invalidRequest(`Invalid '${param}.seconds': expected an integer from ${minSeconds} to ${maxSeconds}.`, {
    param: `${param}.seconds`,
    code: seconds < minSeconds ? 'integer_below_min_value' : 'integer_above_max_value',
  });
}
