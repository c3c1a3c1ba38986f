import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen, type ListenAddress } from '@batch-gpt/lifecycle';
import { type Gateway } from './compose-gateway.ts';
import { type GatewayClock } from './gateway-clock.ts';
import { unreadOriginHeaders, type AllowedOrigins } from './middleware/allow-origins.ts';
import { refuseOnWire } from './middleware/refuse-on-wire.ts';

export interface ApiServerOptions extends ListenAddress {
  readonly gateway: Pick<Gateway, 'app' | 'drain' | 'endStreams'>;
  readonly clock: Pick<GatewayClock, 'after'>;
  /** Whose pages may read what is refused before Express hears of it. */
  readonly corsOrigins: AllowedOrigins;
  /** How long an idle connection is kept; longer than any balancer in front, which would race a closing socket. */
  readonly keepAlive: number;
  /** How long the headers of a request may take to arrive, in milliseconds. */
  readonly headersTimeout: number;
  /** How long all of a request may take to arrive, in milliseconds. Its answer may take longer. */
  readonly requestTimeout: number;
  /** How long a shutdown may take, in milliseconds. */
  readonly shutdownGrace: number;
}

/** The open API. */
export interface ApiServer extends AsyncDisposable {
  readonly port: number;
}

/** How often connections are looked at that take their time, at the least; in milliseconds. */
const longestCheck = 15_000;

/** An Express application takes Node's own objects, which its type says of two parameters only. */
type Serve = (req: IncomingMessage, res: ServerResponse, unserved: (error?: unknown) => void) => void;

/** Before the end of the grace there has to be time for the last answers to leave. */
const lastAnswers = 5000;

/**
 * Opens the API. Disposal drains: no new connections, every answer closes its own, what can be answered is answered,
 * and shortly before the end of the grace the rest is told to come again.
 */
export async function openApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { gateway, clock, keepAlive, headersTimeout, requestTimeout, shutdownGrace } = options;
  const server = createServer({
    keepAlive: true,
    keepAliveTimeout: keepAlive,
    headersTimeout,
    requestTimeout,
    connectionsCheckingInterval: Math.min(longestCheck, Math.ceil(headersTimeout / 4)),
    requireHostHeader: false,
  });
  const serve = gateway.app as unknown as Serve;
  // The reader asks for the body itself, so that a body which is too large is never sent.
  const refusals = refuseOnWire(server, unreadOriginHeaders(options.corsOrigins));
  const handle = refusals.handle((req: IncomingMessage, res: ServerResponse): void => {
    serve(req, res, (error) => {
      if (error === undefined) refusals.refuseWithoutPath(req, res);
      else res.destroy();
    });
  });
  server.on('request', handle);
  server.on('checkContinue', handle);
  const { port } = await listen(server, options);
  return {
    port,
    async [Symbol.asyncDispose]() {
      gateway.endStreams();
      const margin = Math.min(lastAnswers, shutdownGrace / 2);
      const cancel = clock.after(shutdownGrace - margin, () => gateway.drain());
      await closeServer(server, shutdownGrace - margin / 5);
      cancel();
    },
  };
}
