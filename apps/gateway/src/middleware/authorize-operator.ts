import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { type RequestHandler } from 'express';
import { isLoopback } from '../is-loopback.ts';

/** Lets operators in: whoever sends the token, or, where none is configured, whoever is on this machine. */
export function authorizeOperator(token: { readonly reveal: () => string } | null): RequestHandler {
  const expected = token === null ? null : digest(token.reveal());
  return (req, res, next) => {
    if (expected === null ? isLocal(req) : timingSafeEqual(digest(bearerOf(req)), expected)) {
      next();
      return;
    }
    res.setHeader('www-authenticate', 'Bearer');
    throw new AppError(
      'invalid_admin_token',
      expected === null
        ? 'Without an ADMIN_TOKEN the operator API answers this machine only.'
        : "The operator API needs 'Authorization: Bearer' with the ADMIN_TOKEN.",
    );
  };
}

/** A call for somebody else is not local: a proxy on this machine forwards, and a page in a browser has an origin. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const forSomebodyElse = ['forwarded', 'x-forwarded-for', 'origin'].some((name) => headers[name] !== undefined);
  return isLoopback(socket.remoteAddress ?? '') && !forSomebodyElse;
}

/** Digests have one length, which the comparison needs, and tell nothing of the token by their time. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const bearerOf = ({ headers }: IncomingMessage): string =>
  /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? '';
