import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';

/** A call that reached the upstream. */
export interface SeenCall {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A provider that does what a test tells it to. */
export interface Upstream extends AsyncDisposable {
  /** With a path of its own, which no call may leave. */
  readonly baseUrl: string;
  readonly seen: SeenCall[];
  /** Connections that are open now. */
  connections(): Promise<number>;
}

/** Starts it; whatever it leaves open is closed with it. */
export async function startUpstream(serve: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<Upstream> {
  const seen: SeenCall[] = [];
  const server = createServer((req, res) => {
    seen.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers });
    serve(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/base/v1`,
    seen,
    connections: () =>
      new Promise((resolve, reject) =>
        server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
