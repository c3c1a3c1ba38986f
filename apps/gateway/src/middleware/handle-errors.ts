import { AppError, errorHeaders, toAppError, toEnvelope } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Metrics } from '@batch-gpt/metrics';
import { type ErrorRequestHandler } from 'express';
import { writeJson } from '../respond/write-json.ts';
import { discardRest } from './discard-rest.ts';
import { inRequest } from './request-id.ts';

/** The one place where an error becomes an HTTP answer. Whoever throws may set headers before. */
export function handleErrors(logger: Logger, metrics: Pick<Metrics, 'requestsRejected'>): ErrorRequestHandler {
  // Express knows an error handler by its four parameters.
  return (thrown: unknown, req, res, _next) => {
    const error = fromExpress(thrown);
    const { level, status } = error.rule;
    discardRest(req);
    if (level === 'error') inRequest(res, () => logger.error('a request failed', { err: error }));
    metrics.requestsRejected.inc({ reason: error.code });
    if (res.headersSent) res.destroy();
    else writeJson(res, status, JSON.stringify(toEnvelope(error)), errorHeaders(error));
  };
}

/** Express itself refuses paths with a malformed percent sequence, as errors with a `status`. */
function fromExpress(thrown: unknown): AppError {
  const malformed =
    thrown instanceof URIError || (thrown instanceof Error && 'status' in thrown && thrown.status === 400);
  return malformed ? new AppError('invalid_value', 'The path of your request is malformed.') : toAppError(thrown);
}
