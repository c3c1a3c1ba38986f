import { afterEach, describe, expect, test } from '@jest/globals';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { speakRaw } from './testing/speak-raw.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const page = 'https://app.example.com';
const preflight = {
  method: 'OPTIONS',
  headers: {
    origin: page,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type,x-stainless-lang',
  },
};

let gateway: TestGateway | null = null;
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = null;
});

async function start(corsOrigins: readonly string[] | '*' | null, on = false): Promise<TestGateway> {
  const apiKeys = createManualApiKeys(sampleKeysFile({ acme: {} }));
  gateway = await startTestGateway({ apiKeys, trust: { corsOrigins }, relay: { on } });
  return gateway;
}
const corsOf = (response: Response) =>
  Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')));

describe('pages of other origins', () => {
  test('are not let in unless configured', async () => {
    const { get, post } = await start(null);
    const asked = await get('/v1/chat/completions', preflight);
    expect(asked.status).toBe(401);
    expect(corsOf(asked)).toEqual({});
    const called = await post(chat('hi'), {
      origin: page,
      authorization: `Bearer ${secretOf('acme')}`,
      prefer: 'wait=0',
    });
    expect(called.status).toBe(202);
    expect(corsOf(called)).toEqual({});
  });

  test('a preflight is answered without a key, for every header that was asked for', async () => {
    const { get } = await start([page, 'http://localhost:3000']);
    const response = await get('/v1/chat/completions', preflight);
    expect(response.status).toBe(204);
    expect(corsOf(response)).toEqual({
      'access-control-allow-origin': page,
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      'access-control-allow-headers': 'authorization,content-type,x-stainless-lang',
      'access-control-max-age': '86400',
    });
    expect(response.headers.get('vary')).toContain('Origin');
  });

  test('a preflight allows what the relay forwards', async () => {
    const { get } = await start([page], true);
    const methods = corsOf(await get('/v1/files/x', preflight))['access-control-allow-methods'];
    expect(methods).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
  });

  test.each([
    ['all', '*', '*'],
    ['one', [page], page],
    ['several', [page, 'http://localhost:3000'], null],
    ['none', null, null],
  ] as const)('a refusal whose request could not be read, where %s may call', async (_which, allowed, told) => {
    const { port } = await start(allowed);
    const heard = await speakRaw(port, `GET /v1/models HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`);
    expect(heard).toMatch(/^HTTP\/1\.1 431 /);
    const [, origin = null] = /\r\naccess-control-allow-origin: (\S+)\r\n/.exec(heard) ?? [];
    expect(origin).toBe(told);
    expect(heard.includes('access-control-expose-headers: Age, ')).toBe(told !== null);
  });

  test('answers and refusals can be read by the page, our headers included', async () => {
    const { post } = await start([page]);
    const headers = { origin: page, prefer: 'respond-async' };
    for (const key of [secretOf('acme'), 'wrong']) {
      const response = await post(chat('hi'), { ...headers, authorization: `Bearer ${key}` });
      expect(response.headers.get('access-control-allow-origin')).toBe(page);
      const exposed = response.headers.get('access-control-expose-headers')?.split(', ') ?? [];
      expect(exposed).toEqual(expect.arrayContaining(['Cache-Status', 'Batch-Request-Id', 'Location', 'X-Request-Id']));
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test('others get nothing of it', async () => {
    const { get, post } = await start([page]);
    const other = { origin: 'https://app.example.com.evil.test' };
    const asked = await get('/v1/chat/completions', { ...preflight, headers: { ...preflight.headers, ...other } });
    expect(asked.status).toBe(401);
    expect(corsOf(asked)).toEqual({});
    const called = await post(chat('hi'), { ...other, authorization: `Bearer ${secretOf('acme')}`, prefer: 'wait=0' });
    expect(corsOf(called)).toEqual({});
    expect(called.headers.get('vary')).toBe('Origin');
  });

  test('any origin, where the deployment says so; the operator API never', async () => {
    const { get } = await start('*');
    expect(corsOf(await get('/v1/batches', preflight))).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(corsOf(await get('/admin/batches/x/abandon', preflight))).toEqual({});
  });
});
