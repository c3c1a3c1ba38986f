import { afterEach, beforeEach, expect, test } from '@jest/globals';
import OpenAI from 'openai';
import { chatSamples } from './testing/sample-answers.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const early = { 'batch-hold': 'body' };
const answer = { body: JSON.stringify(chatSamples['text']) };
const refusal = { kind: 'failed' as const, status: 400, shareable: false, body: '{"error":{"message":"Bad."}}' };

async function begun(call: Promise<Response>): Promise<Response> {
  await gateway.held(1);
  await gateway.clock.advance(5000);
  return call;
}

test('an early body: blanks, then the answer as it is', async () => {
  const response = await begun(gateway.post(chat('early'), early));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(response.headers.get('content-length')).toBeNull();
  await gateway.clock.advance(30_000);
  await gateway.finish(answer);
  expect(await response.text()).toBe(`   ${answer.body}`);
});

test('an answer of the first seconds, and a stored one, are as always', async () => {
  const call = gateway.post(chat('quick'), early);
  await gateway.held(1);
  await gateway.finish(refusal);
  const response = await call;
  expect(response.status).toBe(400);
  expect(response.headers.get('content-length')).toBe(String(refusal.body.length));
  expect((await gateway.post(chat('quick'), early)).status).toBe(400);
});

test('a later failure is in the body', async () => {
  const response = await begun(gateway.post(chat('bad'), early));
  await gateway.finish(refusal);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(` ${refusal.body}`);
});

test('so is the end of the longest hold, which says where the request is', async () => {
  const response = await begun(gateway.post(chat('long'), early));
  await gateway.clock.advance(86_400_000);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe('still_processing');
  expect(error.message).toContain('repeating the same call attaches to it again');
});

test('and a shutdown', async () => {
  const response = await begun(gateway.post(chat('draining'), early));
  gateway.gateway.drain();
  expect(await response.json()).toMatchObject({ error: { code: 'shutting_down' } });
});

test('a client that goes away frees its place', async () => {
  const abort = new AbortController();
  const call = fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { ...early, 'content-type': 'application/json' },
    body: JSON.stringify(chat('gone')),
    signal: abort.signal,
  });
  await begun(call);
  abort.abort();
  await gateway.held(0);
});

test('the official client takes an early body for what it is', async () => {
  const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', defaultHeaders: early });
  const call = client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] });
  await gateway.held(1);
  await gateway.clock.advance(60_000);
  await gateway.finish(answer);
  expect(await call).toEqual(chatSamples['text']);
});

test('a deployment may hold every call so, and a call may choose otherwise', async () => {
  await gateway[Symbol.asyncDispose]();
  gateway = await startTestGateway({ hold: { json: 'body' } });
  const response = await begun(gateway.post(chat('default')));
  expect(response.status).toBe(200);
  await gateway.finish(answer);
  await response.text();
  const call = gateway.post(chat('silent'), { 'batch-hold': 'none' });
  await gateway.held(1);
  await gateway.clock.advance(570_000);
  expect((await call).status).toBe(503);
});
