import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { type RequestHandler } from 'express';
import { isSameOrigin, mayUseCookie } from '../dashboard/same-origin.ts';
import { type Sessions } from '../dashboard/sessions.ts';
import { isLoopback } from '../is-loopback.ts';

/** How an operator is known: by the token, by a sign-in of the dashboard, or for being on this machine. */
export type OperatorVia = 'token' | 'cookie' | 'open';

/** Who is an operator. */
export interface OperatorAccess {
  /** Null for whoever is none. */
  viaOf(req: IncomingMessage): OperatorVia | null;
  isToken(given: string): boolean;
}

/** Operators send the token, or are signed in; where no token is configured, they are on this machine. */
export function createOperatorAccess(
  token: { readonly reveal: () => string } | null,
  sessions: Sessions | null,
): OperatorAccess {
  const expected = token === null ? null : digest(token.reveal());
  const isToken = (given: string) => expected !== null && timingSafeEqual(digest(given), expected);
  return {
    isToken,
    viaOf: (req) => {
      if (expected === null) return isLocal(req) ? 'open' : null;
      if (isToken(bearerOf(req))) return 'token';
      // A browser sends the cookie with whatever page asks for it: only our own may.
      return sessions?.holds(req) === true && mayUseCookie(req) ? 'cookie' : null;
    },
  };
}

/** Lets operators in; throws AppError `invalid_admin_token` for everybody else. */
export function authorizeOperator(access: OperatorAccess, hasToken: boolean): RequestHandler {
  return (req, res, next) => {
    if (access.viaOf(req) !== null) {
      next();
      return;
    }
    res.setHeader('www-authenticate', 'Bearer');
    throw new AppError(
      'invalid_admin_token',
      hasToken
        ? "The operator API needs 'Authorization: Bearer' with the ADMIN_TOKEN."
        : 'Without an ADMIN_TOKEN the operator API answers this machine only.',
    );
  };
}

/**
 * A call for somebody else is not local: a proxy on this machine forwards, and a page in a browser has an origin. Our own
 * page is local where it was loaded from this machine by a name of this machine, which no other page can pretend.
 */
function isLocal(req: IncomingMessage): boolean {
  const { socket, headers } = req;
  if (!isLoopback(socket.remoteAddress ?? '')) return false;
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  if (headers.origin === undefined && headers['sec-fetch-site'] === undefined) return true;
  return isSameOrigin(req) && isLoopback(hostNameOf(headers.host));
}

function hostNameOf(host = ''): string {
  const name = URL.parse(`http://${host}`)?.hostname ?? '';
  return name === 'localhost' ? '127.0.0.1' : name.replace(/^\[|\]$/g, '');
}

/** Digests have one length, which the comparison needs, and tell nothing of the token by their time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const bearerOf = ({ headers }: IncomingMessage): string =>
  /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
