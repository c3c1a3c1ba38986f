import { z } from 'zod';
import { batchObject } from './batch-object.ts';
import { requestSummaryObject } from './request-object.ts';

/** OpenAI's form of one page: `last_id` is the `after` of the next one, where `has_more` says that there is one. */
function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.boolean(),
  });
}

/** `GET /v1/batches`, newest first. */
export const batchList = pageOf(batchObject);
export type BatchList = z.infer<typeof batchList>;

/** `GET /v1/requests`, newest first. */
export const requestList = pageOf(requestSummaryObject);
export type RequestList = z.infer<typeof requestList>;
