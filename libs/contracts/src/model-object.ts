import { z } from 'zod';

/** A model as the provider describes it; it may say more. */
export const modelObject = z.looseObject({ id: z.string() });

/** `GET /v1/models`: all on one page. */
export const modelList = z.object({ object: z.literal('list'), data: z.array(modelObject) });
