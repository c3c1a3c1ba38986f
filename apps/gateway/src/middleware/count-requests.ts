import { type Metrics } from '@batch-gpt/metrics';
import { type RequestHandler } from 'express';

/** Counts every answer by method, route and status; unknown routes are one, so that callers cannot make labels. */
export function countRequests(metrics: Pick<Metrics, 'httpRequests'>): RequestHandler {
  return (req, res, next) => {
    res.once('close', () => {
      // Express leaves the matched route on the request.
      const route = (req.route as { readonly path?: unknown } | undefined)?.path;
      const code = res.writableFinished ? String(res.statusCode) : 'gone';
      metrics.httpRequests.inc({
        method: methodLabel(req.method),
        route: typeof route === 'string' ? route : 'other',
        code,
      });
    });
    next();
  };
}

const methodLabel = (method: string): string => (['GET', 'HEAD', 'POST'].includes(method) ? method : 'other');
