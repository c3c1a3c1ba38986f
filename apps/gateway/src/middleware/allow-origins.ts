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

/** Origins as browsers send them; `null` allows none, `'*'` all. */
export type AllowedOrigins = readonly string[] | '*' | null;

/**
 * Lets pages of these origins call (Fetch standard, "CORS protocol"): their preflights are answered here, without a key,
 * which browsers do not send with them, with these methods. Keys travel in a header and not in a cookie, so no credentials
 * are allowed.
 */
export function allowOrigins(allowed: AllowedOrigins, methods: Iterable<string>): RequestHandler {
  const allowedMethods = [...methods].join(', ');
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
      answerPreflight(req, res, allowedMethods);
      return;
    }
    res.setHeader('access-control-expose-headers', exposed);
    next();
  };
}

/**
 * For a refusal that is written before the headers of its request could be read, the origin among them: a page can read
 * it where the deployment allows all origins or exactly one.
 */
export function unreadOriginHeaders(allowed: AllowedOrigins): Readonly<Record<string, string>> {
  const exposing = { 'access-control-expose-headers': exposed };
  if (allowed === '*') return { 'access-control-allow-origin': '*', ...exposing };
  const [only, ...others] = allowed ?? [];
  return only === undefined || others.length > 0
    ? {}
    : { 'access-control-allow-origin': only, vary: 'Origin', ...exposing };
}

function answerPreflight(req: IncomingMessage, res: ServerResponse, methods: string): void {
  const asked = req.headers['access-control-request-headers'];
  res.setHeader('access-control-allow-methods', methods);
  // SDKs send a dozen headers of their own: a fixed list would break with their next version.
  if (asked !== undefined && /^[\w\-, ]{1,2000}$/.test(asked)) res.setHeader('access-control-allow-headers', asked);
  res.setHeader('access-control-max-age', dayInSeconds);
  res.appendHeader('vary', 'Access-Control-Request-Headers');
  res.statusCode = 204;
  res.end();
}
