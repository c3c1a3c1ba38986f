import { createHash } from 'node:crypto';
import { isObject, type JsonObject } from '../json.ts';

/** Fields that never change what a model says, so that they do not change the echoed fingerprint either. */
const withoutEffect = new Set([
  'stream',
  'stream_options',
  'user',
  'safety_identifier',
  'metadata',
  'store',
  'service_tier',
  'background',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
]);

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const pairs = Object.keys(value)
    .toSorted()
    .filter((key) => value[key] !== undefined)
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
  return `{${pairs.join(',')}}`;
}

/** Behind a picture `background` is what stands there, elsewhere it is a way of delivery. */
const hasEffect = (endpoint: string, name: string): boolean =>
  !withoutEffect.has(name) || (name === 'background' && endpoint.startsWith('/v1/images/'));

/** SHA-256 (64 hex) over the endpoint and the body with sorted keys, without the fields that have no effect. */
export function fingerprint(endpoint: string, body: JsonObject): string {
  const effective = Object.fromEntries(Object.entries(body).filter(([key]) => hasEffect(endpoint, key)));
  return createHash('sha256')
    .update(`${endpoint}\n${canonical(effective)}`)
    .digest('hex');
}
