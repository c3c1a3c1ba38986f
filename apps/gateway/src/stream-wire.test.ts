/* Streams as they are on the wire. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { chatSamples } from './testing/sample-answers.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
let socket: Socket;
let heard: string;
beforeEach(async () => {
  gateway = await startTestGateway();
  heard = '';
  socket = connect(gateway.port, '127.0.0.1');
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text));
});
afterEach(async () => {
  socket.destroy();
  await gateway[Symbol.asyncDispose]();
});

const answer = { body: JSON.stringify(chatSamples['text']) };
const post = (text: string, version = '1.1') => {
  const body = JSON.stringify(chat(text, { stream: true }));
  return `POST /v1/chat/completions HTTP/${version}\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
};
const count = (text: string) => heard.split(text).length - 1;

test('calls that follow one another on a connection are answered one after another, however long the first takes', async () => {
  socket.write(post('first'));
  await gateway.held(1);
  const first = await gateway.collect();
  socket.write(post('second'));
  await gateway.held(2);
  await gateway.clock.advance(5000);
  await eventually(() => count(': still processing') === 1);
  await gateway.finish(answer);
  // The second has its answer, which has to wait for the first.
  await gateway.held(1);
  for (let minute = 0; minute < 10; minute += 1) await gateway.clock.advance(60_000);
  expect(count('data: [DONE]')).toBe(0);
  await gateway.settle(first, answer);
  gateway.gateway.outcomes.look(first.keys);
  await eventually(() => count('data: [DONE]') === 2);
  expect(count('HTTP/1.1 200 OK')).toBe(2);
});

test('HTTP/1.0: the stream ends with its connection', async () => {
  socket.write(post('old', '1.0'));
  await gateway.held(1);
  await gateway.clock.advance(5000);
  await eventually(() => count(': still processing') === 1);
  expect(heard).not.toContain('ransfer-');
  await gateway.finish(answer);
  await once(socket, 'end');
  // Some clients take a blank line after a comment for the end of an event.
  expect(heard).not.toMatch(/^: .*\n\n/m);
  expect(heard.endsWith('\n\ndata: [DONE]\n\n')).toBe(true);
});
