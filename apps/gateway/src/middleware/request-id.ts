import { randomUUID } from 'node:crypto';
import { type RequestHandler } from 'express';

const acceptable = /^[A-Za-z0-9_-]{1,128}$/;

/** Gives every answer an `X-Request-Id`: the caller's own where it is harmless, else a new one. */
export const requestId: RequestHandler = (req, res, next) => {
  const given = req.headers['x-request-id'];
  const id = typeof given === 'string' && acceptable.test(given) ? given : newId();
  res.setHeader('x-request-id', id);
  next();
};

/** Node keeps entropy for many of these at a time, which costs a fraction of asking for bytes. */
const newId = (): string => `req_${randomUUID().replaceAll('-', '')}`;
