import { ApiError, invalidRequest, serverError } from '../api-error.ts';
import { overloaded } from '../faults/refusals.ts';
import { snapshotOf } from '../models.ts';
import { type MarkerName } from './marker.ts';

/** The provider's refusal that a marker asks for, null for a marker that refuses nothing. */
export function refusalFor(marker: MarkerName, model: string): ApiError | null {
  switch (marker) {
    case '400':
      return invalidRequest("Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.", {
        param: 'max_output_tokens',
        code: 'integer_below_min_value',
      });
    case '401':
      return invalidRequest('Incorrect API key provided.', { status: 401, code: 'invalid_api_key' });
    case '403':
      return invalidRequest('This request was blocked by policy.', { status: 403, code: 'content_policy_violation' });
    case '404':
      return invalidRequest(`The model '${snapshotOf(model)}-batch' does not exist or you do not have access to it.`, {
        status: 404,
        param: 'model',
        code: 'model_not_found',
      });
    case '408':
      return new ApiError(408, { message: 'Request timed out.', type: 'timeout', param: null, code: null });
    case '409':
      return invalidRequest('The resource is in a state that does not allow this.', { status: 409, code: 'conflict' });
    case '422':
      return invalidRequest('The content of this request cannot be processed.', {
        status: 422,
        code: 'unprocessable_content',
      });
    case '429':
      return rateLimited(model);
    case '500':
      return serverError();
    case '503':
      return overloaded();
    case 'slow':
    case 'missing':
    case 'lost_row':
    case 'duplicate_row':
    case 'unknown_row':
    case 'expired':
    case 'timeout':
    case 'status0':
    case 'extra_keys':
    case 'line_separator':
    case 'big':
    case 'content_filter':
    case 'tool_call':
      return null;
  }
}

function rateLimited(model: string): ApiError {
  const message = `Rate limit reached for ${model} on requests per min (RPM): Limit 500, Used 500, Requested 1.`;
  const body = { message, type: 'requests', param: null, code: 'rate_limit_exceeded' };
  return new ApiError(429, body, { 'retry-after': '1' });
}
