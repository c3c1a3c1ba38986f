import { type ErrorRequestHandler } from 'express';
import { ApiError, invalidRequest, serverError } from '../api-error.ts';
import { isObject } from '../json.ts';
import { sendError } from '../routes/respond.ts';

/** Turns whatever was thrown into the error envelope; `onBug` hears of what nobody meant to throw. */
export function handleErrors(onBug: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    sendError(response, toApiError(error, onBug));
  };
}

function toApiError(error: unknown, onBug: (error: unknown) => void): ApiError {
  if (error instanceof ApiError) return error;
  // What Express and its body reader throw carries a status and says whether its text may be shown.
  const status = isObject(error) ? error['status'] : undefined;
  if (typeof status === 'number' && status >= 400 && status < 500) return bodyError(status);
  onBug(error);
  return serverError();
}

const bodyError = (status: number): ApiError =>
  status === 413
    ? invalidRequest('The request body is too large.', { status })
    : invalidRequest('We could not parse the JSON body of your request.', { status });
