import { type Endpoint } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Caller } from '../tenant-of.ts';
import { type BackgroundResponses } from './background-responses.ts';
import { providerResponseId } from './present-response.ts';
import { isObject } from './response-echo.ts';
import { mayBeOurs } from './response-id.ts';

const param = 'previous_response_id';

/** Makes a call that goes on from a background response go on from what the provider knows it as. */
export type NamePrevious = (endpoint: Pick<Endpoint, 'path'>, caller: Caller, body: unknown) => Promise<unknown>;

/**
 * Replaces our id by the provider's before the call is accepted: the line has to mean something to the provider, and the
 * key covers what is sent. An id that is not the tenant's is passed on, it may be one of the provider's. Throws AppError
 * `conflict` for a response that has not ended, `invalid_value` for one that ended without an answer.
 */
export function createNamePrevious(responses: Pick<BackgroundResponses, 'show'>): NamePrevious {
  return async ({ path }, { tenant }, body) => {
    const id = isObject(body) ? body[param] : undefined;
    if (path !== '/v1/responses' || !isObject(body) || !mayBeOurs(id)) return body;
    const shown = await responses.show(tenant, id).catch(passUnknown);
    if (shown === null) return body;
    const { object, outcome } = shown;
    const known = outcome === null ? null : providerResponseId(outcome);
    if (known !== null) return { ...body, [param]: known };
    throw refusal(id, String(object['status']));
  };
}

function passUnknown(error: unknown): null {
  if (AppError.is(error, 'response_not_found')) return null;
  throw error;
}

function refusal(id: string, status: string): AppError {
  if (status === 'queued' || status === 'in_progress') {
    return new AppError('conflict', `Previous response '${id}' is ${status}; go on from it once it is completed.`, {
      param,
    });
  }
  return new AppError('invalid_value', `Previous response '${id}' has no answer to go on from: it is ${status}.`, {
    param,
  });
}
