/*
 * Whatever comes as a call over sound HTTP: it is accepted, or refused in OpenAI's envelope with a status of 400 to 499
 * and nothing stored. Seeded: a failure names the seed and the path that repeat it.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchEndpoint, type BatchEndpoint } from '@batch-gpt/contracts';
import { endpointTable, withModel } from '@batch-gpt/domain';
import { toEnvelope, type ErrorEnvelope } from '@batch-gpt/errors';
import { createLogger } from '@batch-gpt/logging';
import { expectRefusal } from './testing/expect-refusal.ts';
import { sampleSigner } from './testing/sign-webhook.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { watchStore } from './testing/watch-store.ts';
import { createWebhookVerifier } from './webhooks/verify-webhook.ts';

const seed = 20_261_124;
const token = 'operators-token-of-tests';
const webhookSecret = 'a-webhook-secret-of-tests';
const goodBodies: Readonly<Record<BatchEndpoint, Record<string, unknown>>> = {
  '/v1/chat/completions': { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hello' }] },
  '/v1/responses': { model: 'gpt-4o-mini', input: 'hello' },
  '/v1/embeddings': { model: 'text-embedding-3-small', input: 'hello' },
  '/v1/completions': { model: 'gpt-3.5-turbo-instruct', prompt: 'hello' },
  '/v1/moderations': { input: 'hello' },
  '/v1/images/generations': { model: 'gpt-image-2', prompt: 'a cat' },
};

const errors: string[] = [];
const logger = createLogger({
  service: 'gateway',
  level: 'error',
  format: 'json',
  write: (line) => void errors.push(line),
});
let gateway: TestGateway;
let stored: () => number;

beforeAll(async () => {
  gateway = await startTestGateway({
    logger,
    // A place that is not given back is missed at once.
    serving: { maxCalls: 4 },
    trust: {
      adminToken: { reveal: () => token },
      verifyWebhook: createWebhookVerifier(() => [sampleSigner(webhookSecret)]),
    },
  });
  ({ stored } = watchStore(gateway.stores.requests));
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await logger[Symbol.asyncDispose]();
});

/** Nothing is held that way: what is good is stored and answered with a handle. */
const asHandle = { prefer: 'respond-async' };

async function refusalOf(response: Response): Promise<{ readonly code: unknown; readonly param: unknown }> {
  return expectRefusal({ status: response.status, headers: response.headers, body: await response.text() });
}

/** Refused with nothing stored, or accepted and stored: which of the two, the answer says. */
async function expectSound(send: () => Promise<Response>): Promise<'accepted' | 'refused'> {
  const before = stored();
  const response = await send();
  if (response.status === 202) {
    expect(response.headers.get('location')).toMatch(/^\/v1\/requests\//);
    await response.text();
    return 'accepted';
  }
  await refusalOf(response);
  expect(stored()).toBe(before);
  return 'refused';
}

const pickCode = ({ error: { code, param } }: ErrorEnvelope) => ({ code, param });
const breakers = ['{', '}', '[', ']', '"', ',', ':', '\\', '\0', '\n', '1', '-', 'e'];

const anyValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1.5, '', 'x', [], {}, [null], [[]], [{}], { a: {} }, [1, 'x']),
);

describe.each(batchEndpoint.options)('POST %s', (path) => {
  const good = goodBodies[path];

  test('a body with any value in any field: as the table of endpoints says', async () => {
    const field = fc.constantFrom(...Object.keys(good), 'model', 'stream', 'stream_options', 'background', 'metadata');
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(field, anyValue, { minKeys: 1 }),
        fc.subarray(Object.keys(good)),
        async (odd, without) => {
          const body = Object.fromEntries(
            Object.entries({ ...good, ...odd }).filter(([name]) => name in odd || !without.includes(name)),
          );
          const expected = endpointTable[path].check(withModel(endpointTable[path], body));
          const before = stored();
          const response = await gateway.post(body, asHandle, path);
          if (expected === null) {
            // 200: background mode has a handle of its own.
            expect([200, 202]).toContain(response.status);
            await response.text();
          } else {
            expect(await refusalOf(response)).toEqual(pickCode(toEnvelope(expected)));
            expect(stored()).toBe(before);
          }
          seen.add(expected === null ? 'accepted' : 'refused');
        },
      ),
      { seed, numRuns: 60 },
    );
    expect(seen.size).toBe(2);
  });

  test('a text with something wrong in it', async () => {
    const text = JSON.stringify({ ...good, note: ['\u00e9\u2028"\\', 1e21, { deep: [[]] }] });
    const wrong = fc.oneof(
      // Cut, doubled, a character replaced or put in.
      fc.nat(text.length - 1).map((at) => text.slice(0, at)),
      fc.nat(text.length - 1).map((at) => text.slice(at + 1)),
      fc
        .tuple(fc.nat(text.length - 1), fc.constantFrom(...breakers, '\u00a0'))
        .map(([at, unit]) => text.slice(0, at) + unit + text.slice(at)),
      fc
        .tuple(fc.nat(text.length - 1), fc.constantFrom(...breakers, '\ufeff'))
        .map(([at, unit]) => text.slice(0, at) + unit + text.slice(at + 1)),
      fc.constantFrom('', ' ', 'null', '[]', '"x"', '7', 'undefined', `${text}${text}`, `\ufeff${text}`, `[${text}]`),
      fc.integer({ min: 65, max: 40_000 }).map((depth) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`),
    );
    await fc.assert(
      fc.asyncProperty(wrong, async (body) => {
        await expectSound(() => gateway.post(body, asHandle, path));
      }),
      { seed, numRuns: 60 },
    );
  });

  test('bytes that are no text, and more of them than fit', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.integer({ min: 100_001, max: 300_000 }).map((length) => new Uint8Array(length).fill(0x20)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        const headers = { 'content-type': 'application/json', ...asHandle };
        const outcome = await expectSound(() => fetch(gateway.url + path, { method: 'POST', headers, body }));
        expect(outcome).toBe('refused');
      }),
      { seed, numRuns: 15 },
    );
  });
});

/** Whatever a header may hold on the wire, as `fetch` wants it. */
const headerValue = fc.oneof(
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
    maxLength: 40,
  }),
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e9',
    'NaN',
    'wait=',
    'wait=-1',
    'wait=99999999999999999999',
    'max-age=x',
    'max-age=1e3',
    ',,,',
    '="',
    '"\\',
    'a'.repeat(3000),
  ),
);

test('headers that steer, with any value', async () => {
  const before = stored();
  const name = fc.constantFrom(
    ...['prefer', 'cache-control', 'idempotency-key', 'batch-hold', 'batch-mode', 'x-request-id', 'authorization'],
    ...[
      'x-stainless-retry-count',
      'x-stainless-timeout',
      'x-stainless-read-timeout',
      'x-stainless-lang',
      'openai-organization',
    ],
    ...['accept', 'accept-encoding', 'origin', 'referer', 'range', 'if-none-match', 'x-forwarded-for', 'cookie', 'te'],
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, headerValue, { maxKeys: 6 }), async (headers) => {
      // The body is refused whatever they say, so that nobody waits.
      await refusalOf(await gateway.post({}, headers, '/v1/responses'));
    }),
    { seed, numRuns: 150 },
  );
  expect(stored()).toBe(before);
});

test('content types and encodings', async () => {
  const type = fc.oneof(
    headerValue,
    fc.constantFrom(
      'text/plain',
      'application/json;charset=utf-16',
      'application/jsonx',
      'multipart/form-data; boundary=x',
    ),
  );
  const encoding = fc.constantFrom('gzip', 'br', 'deflate, gzip', 'zstd', 'chunked', 'identity, gzip', 'x');
  const good = JSON.stringify(goodBodies['/v1/responses']);
  await fc.assert(
    fc.asyncProperty(type, fc.option(encoding, { nil: null }), async (contentType, contentEncoding) => {
      const headers = {
        'content-type': contentType,
        ...(contentEncoding === null ? {} : { 'content-encoding': contentEncoding }),
        ...asHandle,
      };
      expect(await expectSound(() => gateway.post(good, headers, '/v1/responses'))).toBe('refused');
    }),
    { seed, numRuns: 80 },
  );
});

test('routes that read: ids and queries', async () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 12 }).map(encodeURIComponentSafely),
    fc.constantFrom('batch_', 'f'.repeat(64), 'batch_' + '0'.repeat(32), '%00', '%2e%2e', '%ff', '%', 'a'.repeat(2000)),
  );
  const query = fc
    .array(fc.tuple(fc.constantFrom('after', 'limit', 'status', 'limit[]', 'status[a]', '__proto__', ''), piece), {
      maxLength: 4,
    })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));
  const route = fc.oneof(
    fc
      .tuple(fc.constantFrom('GET', 'DELETE'), fc.constantFrom('requests', 'responses'), piece)
      .map(([method, kind, id]) => [method, `/v1/${kind}/${id}`]),
    piece.map((id) => ['POST', `/v1/responses/${id}/cancel`]),
    piece.map((id) => ['GET', `/v1/batches/${id}`]),
    piece.map((id) => ['POST', `/v1/batches/${id}/cancel`]),
    piece.map((id) => ['POST', `/admin/batches/${id}/abandon`]),
    fc.tuple(fc.constantFrom('batches', 'requests'), query).map(([kind, text]) => ['GET', `/v1/${kind}?${text}`]),
  );
  await fc.assert(
    fc.asyncProperty(route, fc.boolean(), async ([method = '', path = ''], operator) => {
      const headers: Record<string, string> = operator ? { authorization: `Bearer ${token}` } : {};
      const response = await fetch(gateway.url + path, { method, headers });
      if (response.status === 200) expect(JSON.parse(await response.text())).toMatchObject({ object: 'list' });
      else await refusalOf(response);
    }),
    { seed, numRuns: 250 },
  );
});

test('orders of operators', async () => {
  const field = fc.constantFrom('keys', 'model', 'tenant', 'older_than', 'older_than_seconds', 'all', '__proto__');
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.dictionary(field, anyValue).map((order) => JSON.stringify(order)),
        fc.string(),
      ),
      async (body) => {
        const headers = { authorization: `Bearer ${token}` };
        const response = await gateway.post(body, headers, '/admin/cache/purge');
        if (response.status === 200) expect(JSON.parse(await response.text())).toMatchObject({ purged: 0 });
        else await refusalOf(response);
      },
    ),
    { seed, numRuns: 80 },
  );
});

test('webhooks', async () => {
  const headers = fc.dictionary(fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature'), headerValue);
  await fc.assert(
    fc.asyncProperty(headers, fc.oneof(fc.json(), fc.string()), async (signed, body) => {
      await refusalOf(await gateway.post(body, signed, '/v1/webhooks/openai'));
    }),
    { seed, numRuns: 60 },
  );
});

test('methods', async () => {
  for (const path of [...batchEndpoint.options, '/v1/batches', '/v1/requests/x', '/admin', '/', '/v1', '/nothing']) {
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST', 'QUERY', 'PROPFIND']) {
      const response = await fetch(gateway.url + path, { method });
      if (method === 'GET' && path === '/v1/batches') expect(response.status).toBe(200);
      else await refusalOf(response);
    }
    const { status, headers } = await fetch(gateway.url + path, { method: 'HEAD' });
    expect([200, 400, 401, 404, 405]).toContain(status);
    expect(headers.get('content-type')).toBe('application/json');
  }
});

// Last: after all of that.
test('nothing is left behind: every place is free, no waiter waits, nothing was logged as an error', async () => {
  await gateway.held(0);
  const calls = ['a', 'b', 'c', 'd'].map((text) =>
    gateway.post({ ...goodBodies['/v1/responses'], input: text }, {}, '/v1/responses'),
  );
  await gateway.held(4);
  await gateway.finish();
  for (const call of calls) expect((await call).status).toBe(200);
  await logger.flush();
  expect(errors).toEqual([]);
});

function encodeURIComponentSafely(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}
