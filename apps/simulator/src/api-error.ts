/** The four keys of OpenAI's error envelope. */
export interface ErrorBody {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** A refused HTTP call: its status, its envelope and any extra headers. */
export class ApiError extends Error {
  readonly status: number;
  readonly body: ErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: ErrorBody, headers: Readonly<Record<string, string>> = {}) {
    super(body.message);
    this.name = 'ApiError';
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** An `invalid_request_error`; status 400 unless told otherwise. */
export function invalidRequest(
  message: string,
  about: { param?: string | null; code?: string | null; status?: number } = {},
): ApiError {
  const { param = null, code = null, status = 400 } = about;
  return new ApiError(status, { message, type: 'invalid_request_error', param, code });
}

/** Refuses a value of the wrong type as OpenAI words it. */
export const invalidType = (param: string, expected: string, received: string): ApiError =>
  invalidRequest(`Invalid type for '${param}': expected ${expected}, but got ${received} instead.`, {
    param,
    code: 'invalid_type',
  });

/** Refuses an absent required parameter. */
export const missingParameter = (param: string): ApiError =>
  invalidRequest(`Missing required parameter: '${param}'.`, { param, code: 'missing_required_parameter' });

/** Refuses a value outside a closed list. */
export const invalidValue = (param: string, value: unknown, supported: readonly string[]): ApiError =>
  invalidRequest(
    `Invalid value for '${param}': ${JSON.stringify(value)}. Supported values are: ${supported.map((v) => `'${v}'`).join(', ')}.`,
    { param, code: 'invalid_value' },
  );

/** The provider's own 500. */
export const serverError = (message = 'The server had an error while processing your request.'): ApiError =>
  new ApiError(500, { message, type: 'server_error', param: null, code: null });
