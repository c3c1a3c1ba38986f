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
