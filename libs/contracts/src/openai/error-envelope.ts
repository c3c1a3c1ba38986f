import { z } from 'zod';

/** OpenAI's error body. Extra keys exist in newer schemas and are ignored. Source: OpenAI API reference, error codes. */
export const errorEnvelope = z.object({
  error: z.object({
    message: z.string().default(''),
    type: z.string().nullish(),
    param: z.string().nullish(),
    code: z.union([z.string(), z.number().transform(String)]).nullish(),
  }),
});
export type ErrorEnvelope = z.infer<typeof errorEnvelope>;
