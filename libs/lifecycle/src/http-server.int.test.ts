import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { closeServer, listen } from './http-server.ts';

const LOOPBACK = { port: 0, host: '127.0.0.1' };

async function holdingServer() {
  const held: ServerResponse[] = [];
  const server = createServer((_request, response) => void held.push(response));
  const { port } = await listen(server, LOOPBACK);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = async () => {
    const [response] = (await once(get({ ...LOOPBACK, port, agent }), 'response')) as [IncomingMessage];
    return text(response);
  };
  const nextHeld = async () => {
    if (held.length === 0) await once(server, 'request');
    const response = held.shift();
    if (response === undefined) throw new Error('nothing is held');
    return response;
  };
  return { server, port, call, nextHeld };
}

describe('listen', () => {
  it('says which port the system chose', async () => {
    const server = createServer();
    const { port } = await listen(server, LOOPBACK);
    expect(port).toBeGreaterThan(0);
    await closeServer(server);
  });

  it('rejects where the port is taken', async () => {
    const server = createServer();
    const { port } = await listen(server, LOOPBACK);
    await expect(listen(createServer(), { ...LOOPBACK, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await closeServer(server);
  });
});

describe('closeServer', () => {
  it('lets a held answer finish, then frees its kept-alive connection', async () => {
    const { server, call, nextHeld } = await holdingServer();
    const answer = call();
    const response = await nextHeld();
    const closed = closeServer(server);
    response.end('late');
    expect(await answer).toBe('late');
    await closed;
    expect(server.listening).toBe(false);
  });

  it('refuses new connections while it waits', async () => {
    const { server, port, call, nextHeld } = await holdingServer();
    const answer = call();
    const response = await nextHeld();
    const closed = closeServer(server);
    await expect(once(get({ ...LOOPBACK, port }), 'response')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    response.end('late');
    await Promise.all([answer, closed]);
  });

  it('frees connections that never asked anything, and lets half a request finish', async () => {
    const server = createServer((_request, response) => response.end('ok'));
    const { port } = await listen(server, LOOPBACK);
    const opened = async (sent: string) => {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const client = connect(port, LOOPBACK.host);
      client.write(sent);
      const [far] = await accepted;
      while (far.bytesRead < sent.length) await setImmediate();
      return client;
    };
    const [unused, half] = [await opened(''), await opened('GET / HTTP/1.1\r\nHost: x\r\n')];
    const closed = closeServer(server);
    await once(unused, 'close');
    half.write('\r\n');
    expect(await text(half)).toMatch(/^HTTP\/1\.1 200 [^]*ok$/);
    await closed;
  });

  it('cuts off what is still open after its grace', async () => {
    const { server, call, nextHeld } = await holdingServer();
    const answer = call().catch((error: unknown) => error);
    await nextHeld();
    await closeServer(server, 10);
    expect(await answer).toMatchObject({ code: 'ECONNRESET' });
  });

  it('has nothing to do for a server that is closed', async () => {
    const server = createServer();
    await closeServer(server);
    await listen(server, LOOPBACK);
    await Promise.all([closeServer(server), closeServer(server)]);
  });
});
