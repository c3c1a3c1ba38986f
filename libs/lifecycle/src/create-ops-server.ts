import { createServer } from 'node:http';
import { type Logger } from '@batch-gpt/logging';
import { type Metrics } from '@batch-gpt/metrics';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { closeServer, listen, type ListenAddress } from './http-server.ts';
import { cacheReadiness, type CheckReadiness } from './readiness.ts';

export interface OpsServerOptions extends ListenAddress {
  readonly metrics: Pick<Metrics, 'registry' | 'render' | 'draining'>;
  readonly ready: CheckReadiness;
  readonly logger: Logger;
  /** The service's stop signal: once aborted, `/readyz` answers 503 `draining` whatever `ready` says. */
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

/** The private port of a service. */
export interface OpsServer extends AsyncDisposable {
  readonly port: number;
}

const CLOSE_GRACE_MS = 1_000;

/**
 * Serves `/livez` (the event loop answers, never a dependency: an outage must not restart the fleet), `/readyz` (200 or
 * 503 with every check) and `/metrics`. Open it first and close it last, so that probes see the draining.
 */
export async function createOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer(opsApp(options));
  const { port } = await listen(server, options);
  options.logger.info('ops listening', { port, host: options.host });
  return { port, [Symbol.asyncDispose]: () => closeServer(server, CLOSE_GRACE_MS) };
}

function opsApp({ metrics, ready, logger, signal, now = () => performance.now() }: OpsServerOptions): Express {
  const look = cacheReadiness(ready, now);
  const app = express().disable('x-powered-by').disable('etag');

  app.get('/livez', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/readyz', async (_request, response) => {
    const draining = signal?.aborted === true;
    const { ok, checks } = await look();
    const status = draining ? 'draining' : ok ? 'ready' : 'not ready';
    response.status(status === 'ready' ? 200 : 503).json({ status, checks });
  });
  app.get('/metrics', async (_request, response) => {
    metrics.draining.set(signal?.aborted === true ? 1 : 0);
    response.type(metrics.registry.contentType).send(await metrics.render());
  });
  app.use((_request, response) => {
    response.status(404).json({ status: 'not found' });
  });
  const failed: ErrorRequestHandler = (err: unknown, _request, response, _next) => {
    logger.error('an ops request failed', { err });
    response.status(500).json({ status: 'failed' });
  };
  return app.use(failed);
}
