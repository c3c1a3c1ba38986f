import { ApiError, invalidRequest } from '../api-error.ts';

/** A proxy's own page, in HTML. */
export const badGateway = (): ApiError =>
  new ApiError(502, { message: 'Bad gateway', type: 'html', param: null, code: null });

/** Too many calls: come back after `ms`, as both headers say. */
export function rateLimited(ms: number): ApiError {
  const body = { message: 'Rate limit reached.', type: 'requests', param: null, code: 'rate_limit_exceeded' };
  const headers = { 'retry-after': String(Math.ceil(ms / 1000)), 'retry-after-ms': String(ms) };
  return new ApiError(429, body, headers);
}

/** The provider is overloaded. */
export const overloaded = (): ApiError =>
  new ApiError(503, {
    message: 'The server is currently overloaded. Please try again later.',
    type: 'service_unavailable_error',
    param: null,
    code: 'server_is_overloaded',
  });

/** The account has no money left: a 429 that waiting does not cure. */
export const outOfMoney = (): ApiError =>
  new ApiError(429, {
    message: 'You exceeded your current quota, please check your plan and billing details.',
    type: 'insufficient_quota',
    param: null,
    code: 'insufficient_quota',
  });

/** The key is wrong. */
export const badKey = (): ApiError =>
  invalidRequest('Incorrect API key provided.', { status: 401, code: 'invalid_api_key' });

/** No batch with this id, in the provider's words. */
export const noSuchBatch = (id: string): ApiError =>
  invalidRequest(`No batch found with id '${id.slice(0, 100)}'.`, { status: 404 });

/** No file with this id, in the provider's words. */
export const noSuchFile = (id: string): ApiError =>
  invalidRequest(`No such File object: ${id.slice(0, 100)}`, { status: 404, param: 'id' });

/** The form of an unreadable input file; shared by create (2024) and by validation. */
export const unreadableFile = (fileId: string): ApiError =>
  invalidRequest(unreadableFileMessage(fileId), { param: 'file_id' });

/** The provider's words for a file that a batch cannot read. */
export const unreadableFileMessage = (fileId: string): string =>
  `Cannot find file ${fileId}, or organization org-simulator does not have access to it.`;
