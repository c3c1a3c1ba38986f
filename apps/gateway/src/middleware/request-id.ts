import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { withLogContext } from '@batch-gpt/logging';
import { type RequestHandler } from 'express';

/** Ids of callers that are harmless in headers and log lines. */
export const acceptable = /^[A-Za-z0-9_-]{1,128}$/;

/** Gives every answer an `X-Request-Id`: the caller's own where it is harmless, else a new one. */
export const requestId: RequestHandler = (req, res, next) => {
  res.setHeader('x-request-id', requestIdOf(req));
  next();
};

/**
 * Puts the id on every log line of this call. Not for calls that are accepted in ticks: what those start together would
 * be logged as the work of whoever came first.
 */
export const logRequestId: RequestHandler = (_req, res, next) => inRequest(res, next);

/** Runs a function whose log lines carry the id of this answer. */
export function inRequest(res: Pick<ServerResponse, 'getHeader'>, run: () => void): void {
  const id = res.getHeader('x-request-id');
  withLogContext(typeof id === 'string' ? { requestId: id } : {}, run);
}

/** The caller's own id where it is harmless, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : newRequestId();
}

/** Node keeps entropy for many of these at a time, which costs a fraction of asking for bytes. */
export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '')}`;
