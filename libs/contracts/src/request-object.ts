import { z } from 'zod';
import { batchEndpoint } from './endpoints.ts';
import { requestKey } from './ids.ts';
import { requestState } from './states.ts';

const seconds = z.number().int();

/** `GET /v1/requests/{id}` and the body of a 202: where a request is. Times are Unix seconds, as in OpenAI's objects. */
export const requestObject = z.object({
  id: requestKey,
  object: z.literal('batch_gpt.request'),
  endpoint: batchEndpoint,
  model: z.string(),
  state: requestState,
  created_at: seconds,
  collected_at: seconds.nullable(),
  completed_at: seconds.nullable(),
  batch_id: z.string().nullable(),
  provider_batch_id: z.string().nullable(),
  provider_status: z.string().nullable(),
  attempt: z.number().int(),
  rounds: z.number().int(),
  /** Why nobody can say when its batch will end; while there is nothing of the kind it is left out. */
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }).optional(),
  response: z.object({ status_code: z.number().int(), body: z.unknown() }).nullable(),
});
export type RequestObject = z.infer<typeof requestObject>;
