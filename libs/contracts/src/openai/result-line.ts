import { z } from 'zod';

/** One row of a result file, output or error. Source: OpenAI batch guide; a missing id and odd codes were observed. */
export const resultLine = z.object({
  id: z.string().nullish(),
  custom_id: z.string().max(512),
  response: z
    .object({
      status_code: z.number().int().catch(0),
      request_id: z.string().nullish(),
      body: z.unknown().optional(),
    })
    .nullish()
    .transform((value) => value ?? null),
  error: z
    .object({ code: z.string().nullish(), message: z.string().nullish() })
    .nullish()
    .transform((value) => value ?? null),
});
export type ResultLine = z.infer<typeof resultLine>;
