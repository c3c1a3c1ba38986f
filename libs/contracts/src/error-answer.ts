import { z } from 'zod';

/** The body of every error of our own. What the provider says of a call is read by `errorEnvelope`. */
export const errorAnswer = z.object({
  error: z.object({
    message: z.string().describe('for people; it may change'),
    type: z.string(),
    param: z.string().nullable().describe('the field or header that is at fault'),
    code: z.string().nullable().describe('for programs; null where the request is no proper HTTP'),
  }),
});
