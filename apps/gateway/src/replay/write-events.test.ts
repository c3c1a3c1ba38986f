import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type StreamEvent } from '@batch-gpt/domain';
import { eventually } from '@batch-gpt/testing';
import { createManualGatewayClock, type ManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createTurns } from './take-turns.ts';
import { beginStream, writeEvents, type Pace } from './write-events.ts';
import { writeText } from './write-text.ts';

let server: Server;
let clock: ManualGatewayClock;
beforeEach(async () => {
  clock = createManualGatewayClock(0);
  server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const pace = (): Pace => ({ after: (ms, run) => clock.after(ms, run), takeTurn: createTurns() });

/** A client that has the headers, and the answer that goes to it. */
async function connected(): Promise<{ client: IncomingMessage; res: ServerResponse }> {
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', agent: false });
  const [, res] = (await once(server, 'request')) as [IncomingMessage, ServerResponse];
  beginStream(res, {});
  res.flushHeaders();
  const [client] = (await once(request, 'response')) as [IncomingMessage];
  client.on('error', () => undefined);
  return { client, res };
}

/** Events of 1000 bytes, counted as they are made. */
function events(count: number) {
  const seen = { made: 0, ended: false };
  function* make(): Generator<StreamEvent, undefined> {
    try {
      for (; seen.made < count; seen.made += 1) yield { name: null, data: JSON.stringify('x'.repeat(990)) };
    } finally {
      seen.ended = true;
    }
  }
  return { seen, all: make() };
}

async function read(client: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of client.setEncoding('utf8')) text += String(chunk);
  return text;
}

test('names and data are lines of their own, whatever breaks there are in the data', async () => {
  const { client, res } = await connected();
  const list: readonly StreamEvent[] = [
    { name: 'response.created', data: '{"a":\r\n1}' },
    { name: null, data: '[DONE]' },
  ];
  await writeEvents(res, list, pace());
  expect(await read(client)).toBe('event: response.created\ndata: {"a": 1}\n\ndata: [DONE]\n\n');
});

describe('a client', () => {
  test('that reads slowly gets all, and no more is made than it takes', async () => {
    const { client, res } = await connected();
    const { seen, all } = events(50_000);
    const done = writeEvents(res, all, pace());
    await eventually(() => res.writableNeedDrain);
    // What the sockets of both sides hold; all of it would be fifty times as much.
    expect(seen.made).toBeLessThan(20_000);
    const text = await read(client);
    await done;
    expect(text.split('\n\n')).toHaveLength(50_001);
    expect(clock.pending()).toBe(0);
  });

  test('that goes away stops it', async () => {
    const { client, res } = await connected();
    const { seen, all } = events(50_000);
    const done = writeEvents(res, all, pace());
    await eventually(() => res.writableNeedDrain);
    client.destroy();
    await done;
    expect(seen.made).toBeLessThan(20_000);
    expect(seen.ended).toBe(true);
    expect(clock.pending()).toBe(0);
  });

  test('that is gone before gets nothing', async () => {
    const { client, res } = await connected();
    client.destroy();
    await once(res, 'close');
    const { seen, all } = events(50_000);
    await writeEvents(res, all, pace());
    expect(seen.made).toBeLessThan(100);
  });

  test('that takes nothing for minutes is given up', async () => {
    const { res } = await connected();
    const { all } = events(50_000);
    const done = writeEvents(res, all, pace());
    await eventually(() => res.writableNeedDrain);
    await clock.advance(300_000);
    await done;
    expect(res.destroyed).toBe(true);
  });
});

test('the event loop gets its turn between slices', async () => {
  const { client, res } = await connected();
  let turns = 0;
  let going = true;
  const count = () => {
    turns += 1;
    if (going) setImmediate(count);
  };
  setImmediate(count);
  const text = read(client);
  await writeEvents(res, events(2000).all, pace());
  going = false;
  await text;
  expect(turns).toBeGreaterThan(50);
});

describe('a long text', () => {
  const words = (length: number) => '😀'.repeat(length / 2);

  test('arrives as it is', async () => {
    const { client, res } = await connected();
    // An odd beginning puts the ends of slices into the middle of pairs.
    const text = `x${words(400_000)}`;
    const [heard] = await Promise.all([read(client), writeText(res, text, pace())]);
    expect(heard).toBe(text);
  });

  test('is not copied for a client that does not read, who is given up in the end', async () => {
    const { client, res } = await connected();
    const text = words(40_000_000);
    const done = writeText(res, text, pace());
    await eventually(() => res.writableNeedDrain && clock.pending() === 1);
    expect(res.writableLength).toBeLessThan(1_000_000);
    await clock.advance(300_000);
    await done;
    expect(res.destroyed).toBe(true);
    client.destroy();
  });

  test('is not gone on with for a client that went away', async () => {
    const { client, res } = await connected();
    const done = writeText(res, words(40_000_000), pace());
    await eventually(() => res.writableNeedDrain);
    client.destroy();
    await done;
    expect(clock.pending()).toBe(0);
  });
});
