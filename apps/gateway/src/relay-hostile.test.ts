import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { sampleProviderAccount, sampleProviderKey } from './testing/sample-provider-account.ts';
import { startTestGateway, type TestGatewayOptions } from './testing/start-test-gateway.ts';
import { startUpstream } from './testing/start-upstream.ts';

let stack = new AsyncDisposableStack();
afterEach(async () => {
  await stack.disposeAsync();
  stack = new AsyncDisposableStack();
});

async function start(serve: (req: IncomingMessage, res: ServerResponse) => unknown, options: TestGatewayOptions = {}) {
  const upstream = stack.use(await startUpstream(serve));
  const accounts = [sampleProviderAccount(upstream.baseUrl)];
  const gateway = stack.use(await startTestGateway({ accounts, ...options }));
  return { upstream, gateway };
}

const json = (res: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  res.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const codeOf = async (answer: Response) => ((await answer.json()) as { error: { code: string } }).error.code;

describe('what goes to the provider', () => {
  test('the account’s key and nothing of the caller’s house', async () => {
    const { gateway, upstream } = await start((_req, res) => json(res, 200, {}));
    await gateway.get('/v1/vector_stores/vs_1?limit=2&include[]=a%20b', {
      headers: {
        authorization: 'Bearer sk-of-the-caller',
        'api-key': 'sk-of-the-caller',
        cookie: 'session=sk-of-the-caller',
        'openai-organization': 'org-theirs',
        'openai-project': 'proj_theirs',
        'openai-beta': 'assistants=v2',
        'x-stainless-lang': 'js',
        'x-forwarded-for': '10.0.0.7',
        'x-house-token': 'sk-of-the-caller',
      },
    });
    const [call] = upstream.seen;
    expect(call).toMatchObject({ method: 'GET', url: '/base/v1/vector_stores/vs_1?limit=2&include[]=a%20b' });
    expect(call?.headers).toMatchObject({
      authorization: `Bearer ${sampleProviderKey}`,
      'openai-organization': 'org-ours',
      'openai-project': 'proj_ours',
      'openai-beta': 'assistants=v2',
      'x-stainless-lang': 'js',
    });
    expect(JSON.stringify(call)).not.toMatch(/sk-of-the-caller|theirs|10\.0\.0\.7/);
  });

  test.each([
    ['/v1/files/../../../admin'],
    ['/v1/files/%2e%2e/batches'],
    ['/v1/files/..%2fbatches'],
    ['/v1/files/a%2fb'],
    ['/v1/files/a%5Cb'],
    ['/v1/files/a\\b'],
    ['/v1/files/a%252fb'],
    ['/v1/files/a%00b'],
    ['/v1//evil.example/files'],
    ['/v1/files/%c0%ae'],
    ['/v1/files/a?x=%zz'],
    [`/v1/files/${'a'.repeat(3000)}`],
    ['http://evil.example/v1/files/a'],
  ])('never a path that could lead elsewhere: %s', async (path) => {
    const { gateway, upstream } = await start((_req, res) => json(res, 200, {}));
    // No client of ours: those tidy paths up.
    const call = request({ host: '127.0.0.1', port: gateway.port, path });
    call.end();
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    answer.resume();
    expect([400, 404]).toContain(answer.statusCode);
    expect(upstream.seen).toEqual([]);
  });

  test('the body of a call as it comes, piece by piece', async () => {
    const pieces: string[] = [];
    const { gateway } = await start(async (req, res) => {
      for await (const chunk of req as AsyncIterable<Buffer>) pieces.push(chunk.toString());
      json(res, 200, { id: 'file-1', object: 'file' });
    });
    const call = request({ host: '127.0.0.1', port: gateway.port, path: '/v1/files', method: 'POST' });
    call.setHeader('content-type', 'multipart/form-data; boundary=x');
    call.write('first');
    await eventually(() => pieces.length === 1);
    call.end('second');
    const [answer] = (await once(call, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    answer.resume();
    expect(pieces).toEqual(['first', 'second']);
  });
});

describe('what comes back', () => {
  test('status and headers, without those of the connection and the host', async () => {
    const { gateway } = await start((_req, res) =>
      json(
        res,
        201,
        { ok: true },
        {
          'set-cookie': 'a=b',
          'keep-alive': 'timeout=99',
          'strict-transport-security': 'max-age=99',
          'access-control-allow-origin': '*',
          'alt-svc': 'h3=":443"',
          connection: 'x-hop',
          'x-hop': 'one',
          'x-request-id': 'req_theirs',
          'x-ratelimit-remaining-requests': '7',
          'x-echo': `Bearer ${sampleProviderKey}`,
        },
      ),
    );
    const answer = await gateway.get('/v1/vector_stores/vs_1');
    expect(answer.status).toBe(201);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'x-ratelimit-remaining-requests': '7',
      'x-provider-request-id': 'req_theirs',
      'x-request-id': expect.not.stringContaining('theirs') as unknown,
    });
    expect(Object.keys(headers)).toEqual(
      expect.not.arrayContaining(['set-cookie', 'strict-transport-security', 'access-control-allow-origin', 'alt-svc']),
    );
    expect(JSON.stringify(headers)).not.toMatch(/x-hop|timeout=99|sk-the-key/);
  });

  test('a stream as it comes: what was sent is there before the rest is made', async () => {
    const held: ServerResponse[] = [];
    const { gateway } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: {"id":"resp_1","object":"response"}\n\n');
      held.push(res);
    });
    const answer = await gateway.post({ input: 'a' }, { 'batch-mode': 'realtime' }, '/v1/responses');
    const pieces = readPieces(answer);
    expect(await pieces.next()).toMatchObject({ value: expect.stringContaining('resp_1') as unknown });
    held[0]?.end('data: [DONE]\n\n');
    expect(await pieces.next()).toMatchObject({ value: expect.stringContaining('[DONE]') as unknown });
    expect(await pieces.next()).toMatchObject({ done: true });
  });

  test.each([301, 302, 303, 307, 308])('a redirect (%d) is an error, and nobody goes there', async (status) => {
    const { gateway, upstream } = await start((_req, res) => {
      res.writeHead(status, { location: '/base/v1/elsewhere' }).end();
    });
    const answer = await gateway.get('/v1/vector_stores/vs_1', { redirect: 'manual' });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('location')).toBeNull();
    expect(await codeOf(answer)).toBe('provider_refused');
    expect(upstream.seen).toHaveLength(1);
    await eventually(async () => (await upstream.connections()) === 0);
  });

  test('a refusal of our key is not the caller’s, and shows nothing of it', async () => {
    const { gateway } = await start((_req, res) =>
      json(res, 401, {
        error: { message: `Incorrect API key provided: ${sampleProviderKey}.`, code: 'invalid_api_key' },
      }),
    );
    const answer = await gateway.get('/v1/vector_stores/vs_1');
    expect(answer.status).toBe(503);
    const text = await answer.text();
    expect(text).toContain('account_parked');
    expect(text).not.toContain('sk-');
  });

  test('keys are taken out of every other refusal', async () => {
    const { gateway } = await start((_req, res) =>
      json(res, 403, { error: { message: `Key ${sampleProviderKey} and sk-proj-abcd**xyz may not do that.` } }),
    );
    const answer = await gateway.get('/v1/vector_stores/vs_1');
    expect(answer.status).toBe(403);
    expect(await answer.json()).toEqual({ error: { message: 'Key [redacted] and [redacted] may not do that.' } });
  });

  test('a huge refusal is not kept in memory', async () => {
    const { gateway } = await start((_req, res) => {
      res.writeHead(500, { 'content-type': 'application/json' });
      Readable.from(endless()).pipe(res);
    });
    const answer = await gateway.get('/v1/vector_stores/vs_1');
    expect(answer.status).toBe(502);
    expect(await codeOf(answer)).toBe('provider_unavailable');
  });

  test.each([
    ['a list', '/v1/files'],
    ['the models', '/v1/models'],
  ])('%s without end is refused', async (_, path) => {
    const { gateway, upstream } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.write('{"object":"list","data":[');
      Readable.from(endless()).pipe(res);
    });
    const answer = await gateway.get(path);
    expect(answer.status).toBe(502);
    expect(await codeOf(answer)).toBe('provider_unavailable');
    await eventually(async () => (await upstream.connections()) === 0);
  });
});

describe('connections that fail', () => {
  test('nobody there: 502, to be tried again', async () => {
    const { upstream, gateway } = await start(() => undefined);
    await upstream[Symbol.asyncDispose]();
    const answer = await gateway.get('/v1/vector_stores/vs_1');
    expect(answer.status).toBe(502);
    expect(answer.headers.get('x-should-retry')).toBe('true');
    expect(await codeOf(answer)).toBe('provider_unavailable');
  });

  test('cut before the answer: 502', async () => {
    const { gateway } = await start((req) => req.socket.destroy());
    const answer = await gateway.get('/v1/vector_stores/vs_1');
    expect(answer.status).toBe(502);
    expect(await codeOf(answer)).toBe('provider_unavailable');
  });

  test('cut in the middle of the answer: the caller’s is cut too, and not ended', async () => {
    const { gateway } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': 1000 });
      res.write('half', () => res.destroy());
    });
    const answer = await gateway.get('/v1/files/file-1/content');
    await expect(answer.text()).rejects.toThrow();
  });

  test('an answer that creates and is cut creates nothing that the caller could hold', async () => {
    const { gateway } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/json' });
      res.write('{"id":"vs_1","object":"vector', () => res.destroy());
    });
    const answer = await gateway.post({}, {}, '/v1/vector_stores');
    await expect(answer.text()).rejects.toThrow();
  });

  test('a provider that does not answer is given up', async () => {
    let arrived = 0;
    const { gateway } = await start(() => {
      arrived += 1;
    });
    const call = gateway.get('/v1/vector_stores/vs_1');
    await eventually(() => arrived === 1);
    await gateway.clock.advance(599_000);
    expect(await Promise.race([call, Promise.resolve('waiting')])).toBe('waiting');
    await gateway.clock.advance(1000);
    expect((await call).status).toBe(502);
  });

  test('one whose connection never stands too', async () => {
    let arrived = false;
    const silent = createServer(() => (arrived = true)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    stack.defer(() => void silent.close());
    const { port } = silent.address() as AddressInfo;
    const accounts = [sampleProviderAccount(`https://127.0.0.1:${port}/v1`)];
    const gateway = stack.use(await startTestGateway({ accounts }));
    const call = gateway.get('/v1/vector_stores/vs_1');
    await eventually(() => arrived);
    // The first words of the TLS client are bytes on their way: silence is noticed at the second look.
    await gateway.clock.advance(10_000);
    await gateway.clock.advance(10_000);
    expect((await call).status).toBe(502);
  });

  test('an answer that stops is cut off', async () => {
    const { gateway, upstream } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'application/octet-stream' });
      res.write('and then');
    });
    const answer = await gateway.get('/v1/files/file-1/content');
    const pieces = readPieces(answer);
    await pieces.next();
    await gateway.clock.advance(300_000);
    await gateway.clock.advance(300_000);
    await expect(pieces.next()).rejects.toThrow();
    await eventually(async () => (await upstream.connections()) === 0);
  });

  test('a caller who leaves takes the call to the provider along', async () => {
    let gone = false;
    const { gateway, upstream } = await start((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write(': here\n\n');
      res.once('close', () => (gone = true));
    });
    const leaving = new AbortController();
    const answer = await gateway.get('/v1/files/file-1/content', { signal: leaving.signal });
    expect(answer.status).toBe(200);
    leaving.abort();
    await eventually(() => gone);
    await eventually(async () => (await upstream.connections()) === 0);
  });

  test('one who leaves in the middle of an upload too', async () => {
    let arrived = false;
    let ended = false;
    const { gateway, upstream } = await start((req) => {
      req.once('data', () => (arrived = true));
      req.once('close', () => (ended = true));
      req.on('error', () => undefined);
    });
    const call = request({ host: '127.0.0.1', port: gateway.port, path: '/v1/files', method: 'POST' });
    call.on('error', () => undefined);
    call.setHeader('content-type', 'multipart/form-data; boundary=x');
    call.write('first');
    await eventually(() => arrived);
    call.destroy();
    await eventually(() => ended);
    await eventually(async () => (await upstream.connections()) === 0);
  });

  test('a refusal before the body went up arrives, and the rest of the body stays here', async () => {
    let body = 0;
    const { gateway } = await start((req, res) => {
      req.on('data', (chunk: Buffer) => (body += chunk.length));
      json(res, 413, { error: { message: 'too large', type: 'invalid_request_error', param: null, code: null } });
    });
    const socket = connect(gateway.port, '127.0.0.1');
    stack.defer(() => void socket.destroy());
    socket.write(
      'POST /v1/files HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=x\r\ncontent-length: 100000000\r\n\r\nsome',
    );
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await eventually(() => text.includes('too large'));
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text.toLowerCase()).toContain('connection: close');
    expect(body).toBeLessThan(100);
  });

  test('no more than so many at a time', async () => {
    const open: ServerResponse[] = [];
    const { gateway } = await start((_req, res) => void open.push(res), { relay: { maxCalls: 2 } });
    const calls = [1, 2].map(() => gateway.get('/v1/vector_stores/vs_1'));
    await eventually(() => open.length === 2);
    const third = await gateway.get('/v1/vector_stores/vs_1');
    expect(third.status).toBe(429);
    expect(await codeOf(third)).toBe('too_many_waiters');
    for (const res of open) json(res, 200, {});
    await Promise.all(calls);
    const fourth = gateway.get('/v1/vector_stores/vs_1');
    await eventually(() => open.length === 3);
    const last = open[2];
    if (last) json(last, 200, {});
    expect((await fourth).status).toBe(200);
  });

  test('a gateway that stops tells those whose answer has not begun', async () => {
    let arrived = false;
    const { gateway } = await start(() => {
      arrived = true;
    });
    const call = gateway.get('/v1/vector_stores/vs_1');
    await eventually(() => arrived);
    gateway.gateway.drain();
    const answer = await call;
    expect(answer.status).toBe(503);
    expect(await codeOf(answer)).toBe('shutting_down');
  });
});

test('an id that could not be recorded is not given out', async () => {
  const { gateway } = await start((_req, res) => json(res, 200, { id: 'vs_1', object: 'vector_store' }));
  gateway.stores.setAway(true);
  const answer = await gateway.post({}, {}, '/v1/vector_stores');
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toContain('vs_1');
  gateway.stores.setAway(false);
  expect((await gateway.post({}, {}, '/v1/vector_stores')).status).toBe(200);
});

async function* readPieces({ body }: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) yield decoder.decode(piece);
}

function* endless(): Generator<string> {
  for (;;) yield 'x'.repeat(65_536);
}
