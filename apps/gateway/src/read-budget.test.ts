import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from '@jest/globals';
import { chat, startTestGateway } from './testing/start-test-gateway.ts';

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
  const waiting = gateway.post(chat('long'), { 'cache-control': 'no-cache' });
  await gateway.held(1);
  await gateway.clock.advance(1000);
  await gateway.finish({ body });
  const refused = await waiting;
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

  slow.destroy();
  for (;;) {
    const answer = await gateway.post(chat('long'));
    const text = await answer.text();
    if (answer.status === 429) continue;
    expect(text.length).toBeGreaterThan(8_000_000);
    break;
  }
});
