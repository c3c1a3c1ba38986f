import { once } from 'node:events';
import { type Server } from 'node:http';

/** Where to listen; port 0 lets the system choose. */
export interface ListenAddress {
  readonly port: number;
  readonly host: string;
}

/** Resolves with the port that is open; rejects with the system's error, for example EADDRINUSE. */
export async function listen(server: Server, { port, host }: ListenAddress): Promise<{ readonly port: number }> {
  server.listen({ port, host });
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : port };
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
  const idle = setInterval(() => {
    server.closeIdleConnections();
  }, IDLE_CHECK_MS);
  const grace = Number.isFinite(graceMs) ? setTimeout(() => server.closeAllConnections(), graceMs) : undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
  } finally {
    clearInterval(idle);
    clearTimeout(grace);
  }
}
