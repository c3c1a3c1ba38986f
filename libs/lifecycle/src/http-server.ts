import { once } from 'node:events';
import { type Server } from 'node:http';
import { type Socket } from 'node:net';

/** Where to listen; port 0 lets the system choose. */
export interface ListenAddress {
  readonly port: number;
  readonly host: string;
}

/** Resolves with the port that is open; rejects with the system's error, for example EADDRINUSE. */
export async function listen(server: Server, { port, host }: ListenAddress): Promise<{ readonly port: number }> {
  trackUnused(server);
  server.listen({ port, host });
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : port };
}

/**
 * Clients and balancers open connections ahead of use. Node does not count those as idle before their first request, so
 * they would hold a close up for as long as the client keeps them.
 */
const unusedSockets = new WeakMap<Server, Set<Socket>>();

function trackUnused(server: Server): void {
  if (unusedSockets.has(server)) return;
  const unused = new Set<Socket>();
  unusedSockets.set(server, unused);
  server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.prependListener('request', ({ socket }) => unused.delete(socket));
}

const IDLE_CHECK_MS = 50;

/**
 * Stops accepting, lets running answers finish, and resolves when every connection is gone; what is still open after
 * `graceMs` is cut off. Without the repeated look for idle connections one that finishes its answer during the close
 * would go on being served until its keep-alive ends.
 */
export async function closeServer(server: Server, graceMs = Infinity): Promise<void> {
  if (!server.listening) return;
  server.prependListener('request', (_request, response) => {
    response.setHeader('connection', 'close');
  });
  const closeIdle = () => {
    server.closeIdleConnections();
    for (const socket of unusedSockets.get(server) ?? []) if (socket.bytesRead === 0) socket.destroy();
  };
  const idle = setInterval(closeIdle, IDLE_CHECK_MS);
  const grace = Number.isFinite(graceMs) ? setTimeout(() => server.closeAllConnections(), graceMs) : undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      closeIdle();
    });
  } finally {
    clearInterval(idle);
    clearTimeout(grace);
  }
}
