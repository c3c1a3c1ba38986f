import { type Endpoint, type RequestBody } from './endpoint.ts';
import { isAbsent } from './refusals.ts';

/** The body with the endpoint's own model where it names none; a call that names it is the same call. */
export function withModel({ defaultModel }: Pick<Endpoint, 'defaultModel'>, body: RequestBody): RequestBody {
  return defaultModel !== null && isAbsent(body['model']) ? { ...body, model: defaultModel } : body;
}
