import { type RequestHandler } from 'express';
import { invalidRequest } from '../api-error.ts';
import { type Faults } from '../faults/create-faults.ts';

/** Lets a call through with one of the keys, or with any non-empty one if none are configured; 401 as OpenAI's. */
export function authenticate(keys: readonly string[], faults: Faults): RequestHandler {
  const known = new Set(keys);
  return (request, _response, next) => {
    faults.refuseAt('any');
    const key = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (key === undefined) throw invalidRequest("You didn't provide an API key.", { status: 401 });
    if (known.size > 0 && !known.has(key)) {
      throw invalidRequest('Incorrect API key provided.', { status: 401, code: 'invalid_api_key' });
    }
    next();
  };
}
