import { AppError } from '@batch-gpt/errors';
import { type RequestHandler } from 'express';

/** The methods that routes have. */
export type RouteMethod = 'GET' | 'POST' | 'DELETE';

/** What the gateway serves, for error messages. */
export interface ServedRoute {
  readonly method: RouteMethod;
  readonly path: string;
}

/** Refuses a known path with another method than these. */
export function otherMethod(...allowed: readonly RouteMethod[]): RequestHandler {
  const allow = allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return (req, res) => {
    res.setHeader('allow', allow);
    throw new AppError('method_not_allowed', `${req.method} is not allowed here; use ${allowed.join(' or ')}.`);
  };
}

/** Refuses an unknown path and says which there are, and what would serve the others where nothing is relayed. */
export function unknownRoute(routes: readonly ServedRoute[], isRelaying: boolean): RequestHandler {
  const served = routes.map(({ method, path }) => `${method} ${path}`).join(', ');
  return (req) => {
    const path = req.path.length > 200 ? `${req.path.slice(0, 200)}…` : req.path;
    const hint = isRelaying
      ? ''
      : ' It relays nothing: started with RELAY=on it forwards everything else under /v1 to the provider.';
    throw new AppError('unknown_route', `Unknown route: ${req.method} ${path}. This server has: ${served}.${hint}`);
  };
}
