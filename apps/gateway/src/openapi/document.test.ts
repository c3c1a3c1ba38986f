import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorTable, type ErrorCode } from '@batch-gpt/errors';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Express } from 'express';
import { sampleProviderAccount } from '../testing/sample-provider-account.ts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { createDocument, operations } from './document.ts';

const document = createDocument();

test('is a valid OpenAPI 3.1 document, whose references lead somewhere', async () => {
  const validator = new Validator();
  expect(await validator.validate({ ...document })).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    expect([pointer, at(document, pointer)]).toEqual([pointer, expect.anything()]);
  }
});

const at = (value: unknown, pointer: string): unknown =>
  pointer.split('/').reduce((inner: unknown, name) => (inner as Record<string, unknown> | undefined)?.[name], value);

test('names every operation once', () => {
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(operations.length);
});

/** Those that no route answers with, or every path does. */
const nowhere: readonly ErrorCode[] = [
  // There is nobody left to read it.
  'client_disconnected',
  // A service does not start with it.
  'config_invalid',
  // For another method than the documented ones.
  'method_not_allowed',
  // Reserved: fields that batches refuse are left out, not refused.
  'unsupported_parameter',
];

test('tells of every error code where it may come, and of none that the table does not have', () => {
  const told = new Set<string>(operations.flatMap(({ errors }) => errors));
  const rest = Object.keys(errorTable).filter((code) => !told.has(code) && code !== 'internal_error');
  expect(rest.toSorted()).toEqual(nowhere.toSorted());
});

describe.each([true, false])('relaying: %j', (on) => {
  let gateway: TestGateway;
  beforeEach(async () => {
    gateway = await startTestGateway({ accounts: [sampleProviderAccount(null)], relay: { on } });
  });
  afterEach(() => gateway[Symbol.asyncDispose]());

  test('every route that the app serves is in the document, and the other way round', () => {
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    // There only to say what would serve it.
    const refused = on ? [] : ['post /v1/batches'];
    expect(served(gateway.gateway.app).toSorted()).toEqual([...documented, ...refused].toSorted());
  });
});

interface Layer {
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method?: string }[] };
  readonly handle?: { readonly stack?: unknown };
}

/** What Express has routes for; those of every method only refuse the others. */
function served(app: Express): readonly string[] {
  const layers = (app.router as unknown as { readonly stack: readonly Layer[] }).stack;
  return layers.flatMap(({ route, handle }) => {
    // Where it is mounted cannot be read back, so its routes would escape this test.
    if (route === undefined && handle?.stack !== undefined) throw new Error('a router within the app: give it routes');
    const path = route?.path.replaceAll(/:(\w+)/g, '{$1}') ?? '';
    return (route?.stack ?? []).flatMap(({ method }) => (method === undefined ? [] : [`${method} ${path}`]));
  });
}
