import { type IncomingMessage } from 'node:http';

type Headed = Pick<IncomingMessage, 'headers'>;

/**
 * Whether a browser says that a page of this very server sends it (Fetch Metadata, `Sec-Fetch-Site`), or, where the
 * browser is too old for that, the page's origin is the host that is called. Programs that are no browsers say neither.
 */
export function isSameOrigin({ headers }: Headed): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  return headers.origin === undefined || hostOf(headers.origin) === headers.host;
}

/**
 * Whether a call that came with the cookie may do what it asks for: reading is harmless, and for all else the browser has
 * to say which page sends it. Whoever has a program has the token.
 */
export function mayUseCookie(req: Headed & Pick<IncomingMessage, 'method'>): boolean {
  const isRead = req.method === 'GET' || req.method === 'HEAD';
  const saysWho = req.headers['sec-fetch-site'] !== undefined || req.headers.origin !== undefined;
  return isSameOrigin(req) && (isRead || saysWho);
}

const hostOf = (origin: string): string | null => URL.parse(origin)?.host ?? null;
