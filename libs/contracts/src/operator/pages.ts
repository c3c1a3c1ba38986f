import { z } from 'zod';
import { operatorBatch } from './batch.ts';
import { operatorRequest } from './request.ts';

/** One page: `next` is the `after` of the page that follows, null where there is none. A page may be short, even empty, though more follow. */
function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ object: z.literal('list'), data: z.array(item), next: z.string().nullable() });
}

/** `GET /admin/requests`, newest first; with a key's beginning in order of key. */
export const operatorRequestPage = pageOf(operatorRequest);
export type OperatorRequestPage = z.infer<typeof operatorRequestPage>;

/** `GET /admin/batches`: open ones, newest first, then those that settled, latest first. */
export const operatorBatchPage = pageOf(operatorBatch);
export type OperatorBatchPage = z.infer<typeof operatorBatchPage>;
