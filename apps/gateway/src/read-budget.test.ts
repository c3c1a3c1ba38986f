import { once } from 'node:events';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { chat, startTestGateway } from './testing/start-test-gateway.ts';

/** More turns of the event loop than an answer needs to be found and begun. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 100; turn += 1) await setImmediate();
}

// I8: what is read out and not taken is bounded in bytes, over all who read.
test('answers that nobody takes leave room for others, and are refused beyond it', async () => {
  await using gateway = await startTestGateway({ serving: { maxBytes: 20_000_000 } });
  const handle = await gateway.post(chat('long'), { prefer: 'respond-async' });
  const path = handle.headers.get('location') ?? '';
  // More than the buffers of a connection take; the text counts twice.
  await gateway.finish({ body: JSON.stringify({ text: 'x'.repeat(8_000_000) }) });

  const slow = connect(gateway.port, '127.0.0.1');
  await once(slow, 'connect');
  slow.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
  await once(slow, 'readable');

  const refused = await gateway.get(path);
  expect(refused.status).toBe(429);
  expect(await refused.json()).toMatchObject({ error: { code: 'too_many_waiters' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

  slow.destroy();
  for (;;) {
    const answer = await gateway.get(path);
    const text = await answer.text();
    if (answer.status === 429) continue;
    expect(answer.status).toBe(200);
    expect(text.length).toBeGreaterThan(8_000_000);
    break;
  }
});

// Calls that wait are answered all at once when their batch ends, and may be read slowly.
test.each(['in one piece', 'as a stream'])('so it is with calls, %s', async (form) => {
  await using gateway = await startTestGateway({ serving: { maxBytes: 20_000_000 } });
  const stream = form === 'as a stream';
  const message = { role: 'assistant', content: 'x'.repeat(8_000_000) };
  const body = JSON.stringify({ id: 'c', object: 'chat.completion', choices: [{ index: 0, message }] });
  const call = JSON.stringify(chat('long', { stream }));
  const slow = connect(gateway.port, '127.0.0.1');
  await once(slow, 'connect');
  const head = `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(call)}`;
  slow.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n${call}`);
  await gateway.held(1);
  await gateway.finish({ body });
  await once(slow, 'readable');

  const hit = await gateway.post(chat('long'));
  expect(hit.status).toBe(429);
  expect(await hit.json()).toMatchObject({ error: { code: 'too_many_waiters' } });
  expect(Number(hit.headers.get('retry-after'))).toBeGreaterThan(0);
  // Whoever waited is kept waiting, and alive: it is never refused what was paid for.
  const waiting = gateway.post(chat('long', { stream: true }), { 'cache-control': 'no-cache' });
  await gateway.held(1);
  await gateway.clock.advance(1000);
  await gateway.finish({ body });
  await turns();
  await gateway.held(1);
  await gateway.clock.advance(10_000);
  const late = await waiting;
  expect(late.status).toBe(200);

  slow.destroy();
  expect((await late.text()).length).toBeGreaterThan(8_000_000);
  for (;;) {
    const answer = await gateway.post(chat('long'));
    const text = await answer.text();
    if (answer.status === 429) continue;
    expect(text.length).toBeGreaterThan(8_000_000);
    break;
  }
});

test('a background response that is streamed while it is made waits for room as well', async () => {
  await using gateway = await startTestGateway({ serving: { maxBytes: 20_000_000 } });
  const output_text = 'x'.repeat(8_000_000);
  const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed' };
  const content = [{ type: 'output_text', text: output_text, annotations: [] }];
  const response = { id: 'resp_1', object: 'response', status: 'completed', output: [{ ...message, content }] };
  const body = JSON.stringify(response);
  const begin = (input: string) =>
    gateway.post({ model: 'gpt-4o-mini', input, background: true, stream: true }, {}, '/v1/responses');
  const slow = await begin('slow');
  await gateway.held(1);
  await gateway.finish({ body });
  await gateway.held(0);

  const waiting = await begin('waiting');
  await gateway.held(1);
  await gateway.finish({ body });
  // It is held until the other is read, or gone.
  await turns();
  await gateway.held(1);
  await slow.body?.cancel();
  const text = await waiting.text();
  expect(text).toContain('event: response.completed');
  await gateway.held(0);
});
