import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type LogContext, withLogContext } from '@batch-gpt/logging';
import { type RequestHandler } from 'express';
import { type Caller } from '../tenant-of.ts';

/** Ids of callers that are harmless in headers and log lines. */
export const acceptable = /^[A-Za-z0-9_-]{1,128}$/;

/** Gives every answer an `X-Request-Id`: the caller's own where it is harmless, else a new one. */
export const requestId: RequestHandler = (req, res, next) => {
  res.setHeader('x-request-id', requestIdOf(req));
  next();
};

type CallContext = Pick<LogContext, 'tenant' | 'keyName'>;
const callers = new WeakMap<object, CallContext>();

/** Remembers whose call an answer is for; its log lines say so from now on. */
export function rememberCaller(res: ServerResponse, { tenant, keyName }: Pick<Caller, 'tenant' | 'keyName'>): void {
  callers.set(res, keyName === null ? { tenant } : { tenant, keyName });
}

/**
 * Puts the id and the caller on every log line of this call. Not for calls that are accepted in ticks: what those start
 * together would be logged as the work of whoever came first.
 */
export const logRequestId: RequestHandler = (_req, res, next) => inRequest(res, next);

/** Runs a function whose log lines carry the id of this answer, and whose call it is as far as that is known. */
export function inRequest(res: Pick<ServerResponse, 'getHeader'>, run: () => void): void {
  const id = res.getHeader('x-request-id');
  withLogContext({ ...(typeof id === 'string' && { requestId: id }), ...callers.get(res) }, run);
}

/** The caller's own id where it is harmless, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : newRequestId();
}

/** Node keeps entropy for many of these at a time, which costs a fraction of asking for bytes. */
export const newRequestId = (): string => `req_${randomUUID().replaceAll('-', '')}`;
