import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
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
