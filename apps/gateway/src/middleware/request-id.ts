import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type RequestHandler } from 'express';

const acceptable = /^[A-Za-z0-9_-]{1,128}$/;

/** Gives every answer an `X-Request-Id`: the caller's own where it is harmless, else a new one. */
export const requestId: RequestHandler = (req, res, next) => {
  res.setHeader('x-request-id', requestIdOf(req));
  next();
};

/** The caller's own id where it is harmless, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : newRequestId();
}

/** Node keeps entropy for many of these at a time, which costs a fraction of asking for bytes. */
export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '')}`;
