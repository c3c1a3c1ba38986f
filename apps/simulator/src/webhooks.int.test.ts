import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { closeServer, listen } from '@batch-gpt/lifecycle';
import type OpenAI from 'openai';
import { createSimulator, type Simulator } from './create-simulator.ts';
import { chatLine } from './testing/chat-line.ts';
import { clientOf, control, reach, submit } from './testing/client-of.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const secret = `whsec_${Buffer.from('a key of thirty-two bytes, or so').toString('base64')}`;
const fast = { validatingMs: 1, inProgressMs: 1, finalizingMs: 1, cancellingMs: 1, webhookRetryMs: 1 };
const lines = [chatLine('a', 'x')];
let received: Received[] = [];
/** Statuses of the next answers; 200 when there are no more. */
let answers: number[] = [];
let receiver: Server;
let simulator: Simulator;
let client: OpenAI;

beforeEach(async () => {
  received = [];
  answers = [];
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      received.push({ headers: request.headers, body });
      response.writeHead(answers.shift() ?? 200, { location: '/elsewhere' }).end('thanks');
    });
  });
  const { port } = await listen(receiver, { host: '127.0.0.1', port: 0 });
  const webhook = { webhookUrl: `http://127.0.0.1:${port}/hooks`, webhookSecret: secret };
  simulator = await createSimulator({ settings: { ...fast, ...webhook } });
  client = clientOf(simulator);
});
afterEach(async () => {
  await simulator.close();
  await closeServer(receiver, 0);
});

const inject = (...faults: unknown[]) => control(simulator, 'POST', '/control', { faults });
const unwrap = ({ body, headers }: Received, key = secret) => client.webhooks.unwrap(body, headers, key);
const idOf = ({ body }: Received): string => (JSON.parse(body) as { data: { id: string } }).data.id;
async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await nextTurn();
}
const settled = (count: number) =>
  waitFor(() => {
    const { webhooks_delivered: delivered, webhooks_lost: lost } = simulator.ledger.totals();
    return delivered + lost >= count;
  });
/** Submits one batch and waits until it is completed. */
async function complete(): Promise<string> {
  const { id } = await submit(client, lines);
  await reach(client, id, 'completed');
  return id;
}

describe('the end of a batch', () => {
  test.each([
    ['completed', 'finish'],
    ['failed', 'fail'],
    ['expired', 'expire'],
  ])('%s is told in an event that the official client unwraps', async (status, command) => {
    simulator.change({ hold: true });
    const { id } = await submit(client, lines);
    await control(simulator, 'POST', `/batches/${id}/${command}`);
    await settled(1);
    const [message] = received;
    if (message === undefined) throw new Error('nothing was received');
    expect(await unwrap(message)).toEqual({
      object: 'event',
      id: expect.stringMatching(/^evt_/),
      type: `batch.${status}`,
      created_at: expect.any(Number),
      data: { id },
    });
    expect(message.headers).toMatchObject({ 'user-agent': 'OpenAI/1.0', 'content-type': 'application/json' });
    await expect(unwrap(message, `whsec_${Buffer.from('another').toString('base64')}`)).rejects.toThrow();
    await expect(unwrap({ ...message, body: `${message.body} ` })).rejects.toThrow();
    expect(simulator.ledger.totals()).toMatchObject({ webhooks_delivered: 1, webhooks_lost: 0 });
  });

  test('cancelled is told too; a secret without the prefix is the key itself', async () => {
    simulator.change({ hold: true, webhookSecret: 'plain words' });
    const { id } = await submit(client, lines);
    await client.batches.cancel(id);
    await settled(1);
    const [message] = received;
    if (message === undefined) throw new Error('nothing was received');
    expect(await unwrap(message, 'plain words')).toMatchObject({ type: 'batch.cancelled', data: { id } });
  });

  test('is told to nobody without a secret, and the secret is not shown', async () => {
    expect(JSON.stringify(await control(simulator, 'GET', ''))).not.toContain(secret);
    await control(simulator, 'POST', '/control', { webhookSecret: null });
    await complete();
    await control(simulator, 'POST', '/control', { webhookSecret: secret });
    const told = await complete();
    await settled(1);
    expect(received.map(idOf)).toEqual([told]);
  });
});

describe('a webhook that is not answered with 2xx', () => {
  test('is sent again under the same id, a redirect counting as a failure', async () => {
    answers = [500, 302, 404];
    await complete();
    await settled(1);
    expect(received).toHaveLength(4);
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const message of received) await unwrap(message);
  });

  test('is given up after eight attempts', async () => {
    answers = Array.from({ length: 20 }, () => 500);
    await complete();
    await settled(1);
    expect(received).toHaveLength(8);
    expect(simulator.ledger.totals()).toMatchObject({ webhooks_delivered: 0, webhooks_lost: 1 });
  });

  test('does not keep the simulator from closing while it waits', async () => {
    simulator.change({ webhookRetryMs: 3_600_000 });
    answers = [500];
    await complete();
    await waitFor(() => received.length === 1);
    expect(await control(simulator, 'GET', '')).toMatchObject({ webhooks_pending: 1 });
    await simulator.close();
    expect(received).toHaveLength(1);
  });
});

describe('faults', () => {
  test('webhook_doubled delivers one message twice', async () => {
    await inject({ name: 'webhook_doubled' });
    await complete();
    await settled(2);
    expect(received.map(({ body }) => body)).toEqual([received[0]?.body, received[0]?.body]);
    expect(received[0]?.headers['webhook-id']).toBe(received[1]?.headers['webhook-id']);
  });

  test('webhook_lost sends nothing, webhook_reordered lets the next one pass', async () => {
    await inject({ name: 'webhook_lost' }, { name: 'webhook_reordered', skip: 0, ms: 3_600_000 });
    await complete();
    const overtaken = await complete();
    const next = await complete();
    await settled(3);
    expect(received.map(idOf)).toEqual([next, overtaken]);
  });

  test('webhook_reordered does not wait forever, webhook_late comes in the end', async () => {
    await inject({ name: 'webhook_reordered', ms: 1 }, { name: 'webhook_late', skip: 1, ms: 1 });
    const ids = [await complete(), await complete()];
    await settled(2);
    expect(received.map(idOf).toSorted()).toEqual(ids.toSorted());
  });

  test('webhook_late is on its way as long as ordered', async () => {
    await inject({ name: 'webhook_late', ms: 3_600_000 });
    await complete();
    const prompt = await complete();
    await settled(1);
    expect(received.map(idOf)).toEqual([prompt]);
    expect(await control(simulator, 'GET', '')).toMatchObject({ webhooks_pending: 1 });
  });
});

test('a URL that is none is refused', async () => {
  await expect(control(simulator, 'POST', '/control', { webhookUrl: 'ftp://x' })).rejects.toThrow('webhookUrl');
});
