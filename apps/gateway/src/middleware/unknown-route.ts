import { AppError } from '@batch-gpt/errors';
import { type RequestHandler } from 'express';

/** What the gateway serves, for error messages. */
export interface ServedRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/** Refuses a known path with another method. */
export function otherMethod(allowed: 'GET' | 'POST'): RequestHandler {
  return (req, res) => {
    res.setHeader('allow', allowed === 'GET' ? 'GET, HEAD' : allowed);
    throw new AppError('method_not_allowed', `${req.method} is not allowed here; use ${allowed}.`);
  };
}

/** Refuses an unknown path and says which there are. */
export function unknownRoute(routes: readonly ServedRoute[]): RequestHandler {
  const served = routes.map(({ method, path }) => `${method} ${path}`).join(', ');
  return (req) => {
    const path = req.path.length > 200 ? `${req.path.slice(0, 200)}…` : req.path;
    throw new AppError('unknown_route', `Unknown route: ${req.method} ${path}. This server has: ${served}.`);
  };
}
