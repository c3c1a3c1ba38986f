import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { createDocument } from '../openapi/document.ts';
import { type DocumentedAnswer, type DocumentedContent } from '../openapi/documented.ts';

const document = createDocument();
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema(closed(document) as object, 'openapi');

/** Headers of HTTP itself, of CORS, and of the kind of connection. */
const unspoken = /^(content-type|content-length|transfer-encoding|date|connection|keep-alive|vary|x-accel-buffering)$/;

/**
 * Checks an answer against what the document says of its route: its status is there, its headers are, its body has no
 * field more or less, and an error's code is one of those that are told. Gives the body.
 */
export async function expectDocumented(method: string, path: string, answer: Response): Promise<unknown> {
  const documented = document.paths[path]?.[method]?.responses[answer.status];
  const where = `${method} ${path} ${answer.status}`;
  if (documented === undefined) throw new Error(`the document has no ${where}`);
  expect([where, headersBeside(documented, answer)]).toEqual([where, []]);
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';');
  const text = await answer.text();
  if (text === '') {
    expect([where, documented.content]).toEqual([where, undefined]);
    return null;
  }
  expect([where, Object.keys(documented.content ?? {})]).toEqual([where, expect.arrayContaining([type])]);
  if (type !== 'application/json') return text;
  const body: unknown = JSON.parse(text);
  expect([where, faults(documented.content ?? {}, body)]).toEqual([where, []]);
  if (answer.status >= 400) expect(documented.description).toContain(`\`${codeOf(body)}\``);
  return body;
}

function headersBeside({ headers }: DocumentedAnswer, answer: Response): readonly string[] {
  const told = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  // No stream and no early body may be kept by anybody on its way.
  const isLive = answer.headers.has('x-accel-buffering');
  return [...answer.headers.keys()].filter(
    (name) => !told.has(name) && !unspoken.test(name) && !(isLive && name === 'cache-control'),
  );
}

/** Of two alternatives the first is what our own routes answer. */
function faults(content: DocumentedContent, body: unknown): readonly unknown[] {
  const schema = content['application/json']?.schema ?? {};
  const validate = ajv.compile(absolute(schema.anyOf?.[0] ?? schema) as object);
  return validate(body) ? [] : [...(validate.errors ?? []), body];
}

const absolute = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#', '"$ref":"openapi#'));

/** As the document, but objects that say nothing of other fields have none. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, closed(each)]));
  const isOpen = inner['type'] !== 'object' || inner['properties'] === undefined || 'additionalProperties' in inner;
  return isOpen ? inner : { ...inner, additionalProperties: false };
}

const codeOf = (body: unknown): string => String((body as { readonly error: { readonly code: unknown } }).error.code);
