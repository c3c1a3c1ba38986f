import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { errorEnvelope } from '@batch-gpt/contracts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const json = { 'content-type': 'application/json' };

async function send(
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = json,
  path = '/v1/chat/completions',
): Promise<Response> {
  return fetch(gateway.url + path, { method: 'POST', headers, body, duplex: 'half' });
}

/** Answers by the code, having checked that the refusal is in OpenAI's shape, not to be repeated, and stored nothing. */
async function refusalOf(
  response: Response,
  status: number,
): Promise<{ code: unknown; param: unknown; message: string }> {
  const text = await response.text();
  const { error } = errorEnvelope.parse(JSON.parse(text));
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('x-should-retry')).toBe('false');
  expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  expect(error.type).toBe('invalid_request_error');
  expect((await gateway.collect()).keys).toEqual([]);
  expect(gateway.signals.seen.accepted).toEqual([]);
  return { code: error.code, param: error.param, message: error.message };
}

describe('a body that is no good', () => {
  test.each<[string, string, number, string, string | null]>([
    ['empty', '', 400, 'invalid_json', null],
    ['white space', ' \n', 400, 'invalid_json', null],
    ['malformed', '{"model":"m","messages":[', 400, 'invalid_json', null],
    ['two values', '{}{}', 400, 'invalid_json', null],
    ['single quotes', "{'model':'m'}", 400, 'invalid_json', null],
    ['an array', '[]', 400, 'invalid_request_body', null],
    ['a string', '"x"', 400, 'invalid_request_body', null],
    ['null', 'null', 400, 'invalid_request_body', null],
    ['too deep', `{"model":"m","messages":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400, 'body_too_deep', null],
    ['too deep and malformed', '['.repeat(20_000), 400, 'body_too_deep', null],
    ['without model', '{"messages":[{}]}', 400, 'missing_required_parameter', 'model'],
    ['with a model that is no string', '{"model":5,"messages":[{}]}', 400, 'invalid_type', 'model'],
    ['with a model that cannot be named', '{"model":"\\ud800","messages":[{}]}', 400, 'invalid_value', 'model'],
    ['without messages', '{"model":"m"}', 400, 'missing_required_parameter', 'messages'],
    ['with messages that are no list', '{"model":"m","messages":"hi"}', 400, 'invalid_type', 'messages'],
    [
      'that wants something like a stream',
      '{"model":"m","messages":[{}],"stream":"yes"}',
      400,
      'invalid_type',
      'stream',
    ],
    ['too large', JSON.stringify(chat('x'.repeat(100_000))), 413, 'body_too_large', null],
  ])('%s', async (_name, body, status, code, param) => {
    expect(await refusalOf(await send(body), status)).toMatchObject({ code, param });
  });

  test('quotes nothing of a malformed body', async () => {
    expect((await refusalOf(await send('{"model": my secret prompt'), 400)).message).not.toContain('secret');
  });

  test('25 MB, declared or in chunks: refused, and the connection’s owner learns why', async () => {
    const big = new Uint8Array(25_000_000).fill(0x61);
    expect((await refusalOf(await send(big), 413)).code).toBe('body_too_large');
    const chunks = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < 400; at += 1) controller.enqueue(big.subarray(0, 62_500));
        controller.close();
      },
    });
    expect((await refusalOf(await send(chunks), 413)).code).toBe('body_too_large');
  });

  test('not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"model":"m","messages":[{"content":"'),
      Buffer.from([0xff]),
      Buffer.from('"}]}'),
    ]);
    expect((await refusalOf(await send(body), 400)).message).toContain('UTF-8');
  });
});

test('a body that fits but whose canonical text does not is refused before its tick, which others share', async () => {
  // A number of four characters is written out in twenty-one.
  const grows = JSON.stringify(chat('x')).replace(/}$/, `,"seeds":[${Array(15_000).fill('1e20').join(',')}]}`);
  expect(grows.length).toBeLessThan(100_000);
  expect((await refusalOf(await send(grows), 413)).code).toBe('body_too_large');
});

describe('a content type that is no good', () => {
  test.each<Record<string, string>>([
    { 'content-type': 'text/plain' },
    { 'content-type': 'application/x-www-form-urlencoded' },
    { 'content-type': 'application/json; charset=latin1' },
    { 'content-type': 'application/jsonp' },
    { ...json, 'content-encoding': 'gzip' },
  ])('%j', async (headers) => {
    expect((await refusalOf(await send(JSON.stringify(chat('x')), headers), 415)).code).toBe('unsupported_media_type');
  });

  test('none at all', async () => {
    const response = await send(new Blob([JSON.stringify(chat('x'))]), {});
    expect((await refusalOf(response, 415)).code).toBe('unsupported_media_type');
  });

  test.each(['application/json; charset=UTF-8', 'application/json;charset="utf-8"', 'application/vnd.x+json'])(
    '%s is fine',
    async (type) => {
      const response = await send('{}', { 'content-type': type });
      expect((await refusalOf(response, 400)).code).toBe('missing_required_parameter');
    },
  );
});

describe('a route that is no good', () => {
  test('unknown: says what there is', async () => {
    const refusal = await refusalOf(await gateway.get('/v1/nothing'), 404);
    expect(refusal.code).toBe('unknown_route');
    expect(refusal.message).toContain('POST /v1/chat/completions');
    expect(refusal.message).toContain('GET /v1/requests/{id}');
  });

  test.each(['/v1/chat/completions', '/v1/batches/batch_1/cancel'])('GET %s: wrong method', async (path) => {
    const response = await gateway.get(path);
    expect(response.headers.get('allow')).toBe('POST');
    expect((await refusalOf(response, 405)).code).toBe('method_not_allowed');
  });

  test('a malformed path', async () => {
    expect((await refusalOf(await gateway.get('/v1/requests/%E0%A4%A'), 400)).code).toBe('invalid_value');
  });

  test.each(['x', 'f'.repeat(64), 'F'.repeat(64)])('GET /v1/requests/%s', async (id) => {
    expect((await refusalOf(await gateway.get(`/v1/requests/${id}`), 404)).code).toBe('request_not_found');
  });
});

describe('a request id', () => {
  test.each(['a b', 'x'.repeat(129), 'ä'])('%s is replaced', async (id) => {
    const response = await gateway.get('/v1/nothing', {
      headers: { 'x-request-id': Buffer.from(id).toString('latin1') },
    });
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
    await response.text();
  });
});

describe('on the wire', () => {
  const raw = async (text: string, until: RegExp): Promise<string> => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(text);
    let heard = '';
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      heard += chunk.toString();
      if (until.test(heard)) break;
    }
    socket.destroy();
    return heard;
  };
  const head =
    'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n';

  test('a body that is too large is never asked for', async () => {
    const heard = await raw(`${head}Content-Length: 200000\r\n\r\n`, /body_too_large/);
    expect(heard).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a good one is', async () => {
    expect(await raw(`${head}Content-Length: 2\r\n\r\n`, /\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  });

  test('interim answers leave the final status free', async () => {
    const body = JSON.stringify(chat('interim'));
    const socket = connect(gateway.port, '127.0.0.1');
    const heard: string[] = [];
    socket.on('data', (chunk) => heard.push(chunk.toString()));
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Stainless-Lang: js\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    const until = async (text: string) => {
      while (!heard.join('').includes(text)) await new Promise((resolve) => setImmediate(resolve));
    };
    await gateway.held(1);
    await gateway.clock.advance(15_000);
    await until('HTTP/1.1 102 Processing\r\n\r\n');
    await gateway.clock.advance(15_000);
    await until('HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n');
    await gateway.finish();
    await until('HTTP/1.1 200 OK');
    socket.destroy();
  });

  test('a client that leaves in the middle of its body leaves nothing behind', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write(`${head}Content-Length: 1000\r\n\r\n`);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    const small = await startTestGateway({ serving: { maxCalls: 1 } });
    try {
      const cut = connect(small.port, '127.0.0.1');
      cut.write(`${head}Content-Length: 1000\r\n\r\n`);
      await new Promise((resolve) => cut.once('data', resolve));
      expect((await small.post(chat('x'))).status).toBe(429);
      cut.destroy();
      // The only place is free again as soon as the gateway has noticed.
      while ((await small.post(chat('x'), { 'cache-control': 'only-if-cached' })).status === 429);
    } finally {
      await small[Symbol.asyncDispose]();
    }
  });
});
