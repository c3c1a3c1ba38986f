import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { errorEnvelope } from '@batch-gpt/contracts';
import { closeServer, listen } from '@batch-gpt/lifecycle';
import { refuseOnWire } from './middleware/refuse-on-wire.ts';
import { speakRaw } from './testing/speak-raw.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const say = (text: string, port = gateway.port) => speakRaw(port, text);

function expectRefusal(heard: string, status: number, code: string | null): void {
  const [head = '', body = ''] = heard.split('\r\n\r\n');
  const headers = new Headers(
    head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(': ', 2) as [string, string]),
  );
  expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} \\w`));
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'x-should-retry': 'false',
    connection: 'close',
  });
  expect(headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{32}$/);
  const { error } = errorEnvelope.parse(JSON.parse(body));
  expect(Object.keys(error).toSorted()).toEqual(['code', 'message', 'param', 'type']);
  expect(error).toMatchObject({ type: 'invalid_request_error', code, param: null });
}

const post = 'POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

test.each<[string, string, number]>([
  ['a request line that is none', 'what is this\r\n\r\n', 400],
  ['an unknown method', 'FETCH /v1/batches HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['a length that is none', `${post}Content-Length: many\r\n\r\n`, 400],
  ['two ways to say the length', `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['a body whose chunks are none', `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
  ['no Host', 'GET /v1/batches HTTP/1.1\r\n\r\n', 400],
  ['headers that are too large', `GET /v1/batches HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['headers without an end', `GET /v1/batches HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(2_000_000)}`, 431],
  ['another version', 'GET /v1/batches\r\n\r\n', 400],
  ['another expectation', `${post}Expect: a-miracle\r\nContent-Length: 2\r\n\r\n{}`, 417],
])('%s', async (_name, text, status) => {
  expectRefusal(await say(text), status, 'invalid_value');
});

test('a client that is done before its request is', async () => {
  const socket = connect({ port: gateway.port, host: '127.0.0.1', allowHalfOpen: true });
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  socket.end('GET /v1/batches HTTP/1.1\r\nHost: x\r\n');
  await once(socket, 'end');
  expectRefusal(heard, 400, 'invalid_value');
});

test('a tunnel', async () => {
  expectRefusal(await say('CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\nand more'), 405, 'method_not_allowed');
});

test('a target without a path', async () => {
  expectRefusal(await say('GET http:// HTTP/1.1\r\nHost: x\r\n\r\n'), 400, 'invalid_value');
});

test('HTTP/1.0 needs no Host', async () => {
  expect(await say('GET /v1/batches HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
});

test('after an answer the refusal comes second', async () => {
  const socket = connect(gateway.port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  const closed = once(socket, 'close');
  socket.write('GET /v1/batches HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  heard = '';
  socket.write('what is this\r\n\r\n');
  await closed;
  expectRefusal(heard, 400, 'invalid_value');
});

test('a refusal is never taken for the answer of a call that waits', async () => {
  const body = JSON.stringify(chat('waits'));
  const socket = connect(gateway.port, '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk) => (heard += chunk.toString()));
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  socket.write(`${post}Content-Length: ${body.length}\r\n\r\n${body}`);
  await gateway.held(1);
  socket.write('what is this\r\n\r\n');
  await closed;
  expect(heard).toBe('');
  await gateway.held(0);
});

test('a request that does not arrive in time', async () => {
  const server = createServer({ headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 10 });
  refuseOnWire(server);
  const { port } = await listen(server, { port: 0, host: '127.0.0.1' });
  try {
    expectRefusal(await say('GET / HTTP/1.1\r\nHost: x\r\n', port), 408, null);
  } finally {
    await closeServer(server);
  }
});
