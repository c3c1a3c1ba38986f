/* Clients go away at any moment, and that is nobody's fault: no log line, no place that stays taken. */
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLogger } from '@batch-gpt/logging';
import { eventually } from '@batch-gpt/testing';
import { chatSamples } from './testing/sample-answers.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let lines: string[];
const logger = createLogger({
  service: 'gateway',
  level: 'info',
  format: 'json',
  write: (line) => void lines.push(line),
});
let gateway: TestGateway;
beforeEach(async () => {
  lines = [];
  gateway = await startTestGateway({ logger, serving: { maxCalls: 1 } });
});
afterEach(() => gateway[Symbol.asyncDispose]());

/** How it was asked, and in which seconds of its hold the client goes. */
const calls = [
  ['that is silent', {}, false, 0],
  ['with interim answers', { 'X-Stainless-Lang': 'js' }, false, 16_000],
  ['with an early body', { 'Batch-Hold': 'body' }, false, 6000],
  ['of a stream that has not begun', {}, true, 0],
  ['of a stream that has begun', {}, true, 6000],
] as const;
const ways = [
  ['closes its side', (socket: Socket) => void socket.end()],
  ['closes the connection', (socket: Socket) => void socket.destroy()],
  ['resets the connection', (socket: Socket) => void socket.resetAndDestroy()],
] as const;
const cases = calls.flatMap((call) => ways.map(([way, leave]) => [way, call[0], { leave, call }] as const));

test.each(cases)('one that %s in a call %s', async (_way, _call, { leave, call: [, headers, stream, after] }) => {
  const socket = ask(chat('gone', { stream }), headers);
  await gateway.held(1);
  await gateway.clock.advance(after);
  leave(socket);
  // Whatever is due now meets a client that is gone, whether that has been noticed or not.
  await gateway.clock.advance(15_000);
  await gateway.clock.advance(15_000);
  await gateway.finish({ body: JSON.stringify(chatSamples['text']) });
  await eventually(
    async () => (await gateway.post(chat('gone'), { 'cache-control': 'only-if-cached' })).status === 200,
  );
  await expectNoLines();
  socket.destroy();
});

function ask(body: unknown, headers: Readonly<Record<string, string>>): Socket {
  const text = JSON.stringify(body);
  const lengths = { Host: 'x', 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(text)) };
  const head = Object.entries({ ...lengths, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const socket = connect(gateway.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\n${head.join('')}\r\n${text}`);
  return socket;
}

async function expectNoLines(): Promise<void> {
  await logger.flush();
  expect(lines).toEqual([]);
}
