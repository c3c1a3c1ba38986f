import { z } from 'zod';

/**
 * A background response: OpenAI's object under our own id. What is not named here is as the provider sent it, or as
 * the call did. Source: OpenAI API reference, the response object.
 */
export const responseObject = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.number(),
  status: z.enum(['queued', 'in_progress', 'completed', 'incomplete', 'failed', 'cancelled']),
  background: z.literal(true),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  output: z.array(z.unknown()),
});
export type ResponseObject = z.infer<typeof responseObject>;

/** The answer to `DELETE /v1/responses/{id}`. */
export const deletedResponse = z.object({ id: z.string(), object: z.literal('response'), deleted: z.literal(true) });
