import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type RequestHandler } from 'express';

/** What a page may read beside the few headers that every page may. */
const exposed = [
  'Age',
  'Batch-Id',
  'Batch-Mode',
  'Batch-Request-Id',
  'Cache-Status',
  'Location',
  'Preference-Applied',
  'Retry-After',
  'Retry-After-Ms',
  'X-Provider-Request-Id',
  'X-RateLimit-Limit-Requests',
  'X-RateLimit-Remaining-Requests',
  'X-RateLimit-Reset-Requests',
  'X-Request-Id',
  'X-Should-Retry',
].join(', ');

const dayInSeconds = '86400';

/**
 * Lets pages of these origins call (Fetch standard, "CORS protocol"): their preflights are answered here, without a key,
 * which browsers do not send with them. `null` allows none, `'*'` all. Keys travel in a header and not in a cookie, so
 * no credentials are allowed.
 */
export function allowOrigins(allowed: readonly string[] | '*' | null): RequestHandler {
  const origins = allowed === null || allowed === '*' ? allowed : new Set(allowed);
  return (req, res, next) => {
    const { origin } = req.headers;
    if (origins === null) {
      next();
      return;
    }
    // Caches must not give one origin's answer to another.
    if (origins !== '*') res.vary('Origin');
    if (origin === undefined || (origins !== '*' && !origins.has(origin))) {
      next();
      return;
    }
    res.setHeader('access-control-allow-origin', origins === '*' ? '*' : origin);
    if (req.method === 'OPTIONS' && req.headers['access-control-request-method'] !== undefined) {
      answerPreflight(req, res);
      return;
    }
    res.setHeader('access-control-expose-headers', exposed);
    next();
  };
}

function answerPreflight(req: IncomingMessage, res: ServerResponse): void {
  const asked = req.headers['access-control-request-headers'];
  res.setHeader('access-control-allow-methods', 'GET, HEAD, POST, DELETE');
  // SDKs send a dozen headers of their own: a fixed list would break with their next version.
  if (asked !== undefined && /^[\w\-, ]{1,2000}$/.test(asked)) res.setHeader('access-control-allow-headers', asked);
  res.setHeader('access-control-max-age', dayInSeconds);
  res.appendHeader('vary', 'Access-Control-Request-Headers');
  res.statusCode = 204;
  res.end();
}
