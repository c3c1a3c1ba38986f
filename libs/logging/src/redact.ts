import { maskText, REDACTED } from './mask-text.ts';
import { serializeError } from './serialize-error.ts';

const DEEPEST = 6;
const MOST_ENTRIES = 50;

// Compared without case, dashes and underscores: `api-key`, `apiKey` and `API_KEY` are one name.
const SECRET_NAMES = new Set(['authorization', 'cookie', 'setcookie', 'messages', 'input', 'instructions']);
const SECRET_ENDINGS = /(?:apikey|password|token|secret|body|prompt)$/;

/** Tells whether a value under this name must never be shown. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[-_]/g, '');
  return SECRET_NAMES.has(plain) || SECRET_ENDINGS.test(plain);
}

/**
 * A copy that is safe to write: secret names hidden at any depth, credentials in texts masked, errors serialised, and
 * depth, breadth and text length bounded (so a cycle ends too). `withStack` says whether errors show their stack.
 */
export function redact(value: unknown, withStack: boolean, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '[too deep]';
  if (value instanceof Error)
    return serializeError(value, withStack, (details) => redact(details, withStack, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Map || value instanceof Set) return `[${value.size} entries]`;
  if (saysItself(value)) return redact(value.toJSON(), withStack, depth + 1);
  return Array.isArray(value) ? redactArray(value, withStack, depth) : redactObject(value, withStack, depth);
}

function redactArray(items: readonly unknown[], withStack: boolean, depth: number): unknown[] {
  const shown = items.slice(0, MOST_ENTRIES).map((item) => redact(item, withStack, depth + 1));
  return items.length > MOST_ENTRIES ? [...shown, `… ${items.length - MOST_ENTRIES} more`] : shown;
}

function redactObject(value: object, withStack: boolean, depth: number): Record<string, unknown> {
  const shown = Object.entries(value)
    .slice(0, MOST_ENTRIES)
    .map(([name, inner]): [string, unknown] => [
      name,
      isSecretName(name) && inner !== undefined ? REDACTED : redact(inner, withStack, depth + 1),
    ]);
  return Object.fromEntries(shown);
}

const saysItself = (value: object): value is { toJSON(): unknown } =>
  'toJSON' in value && typeof value.toJSON === 'function';
