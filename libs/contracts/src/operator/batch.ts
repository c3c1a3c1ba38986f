import { z } from 'zod';
import { batchEndpoint } from '../endpoints.ts';
import { batchState } from '../states.ts';
import { count, dollars, duration, time } from './values.ts';

/** What went wrong, in the provider's words or ours. */
export const operatorFailure = z.object({
  code: z.string().nullable(),
  message: z.string(),
  type: z.string().nullable(),
  param: z.string().nullable(),
});
export type OperatorFailure = z.infer<typeof operatorFailure>;

/** Lines of a batch: `completed` and `failed` as the provider last counted them, once settled as we stored them. */
const lineCounts = z.object({ total: count, completed: count, failed: count });

/** When a batch may end, from how long the tenant's last batches of its endpoint and model took. */
const batchEstimate = z.object({ completes_at: time, completes_by: time, samples: z.int().min(1) });

/** What tokens cost by a batch, and what the same calls would have cost by themselves. */
export const operatorCost = z.object({ batch_usd: dollars, list_usd: dollars });
export type OperatorCost = z.infer<typeof operatorCost>;

/** One of our batches as operators see it, of any tenant. */
export const operatorBatch = z.object({
  object: z.literal('batch_gpt.batch'),
  id: z.string(),
  tenant: z.string(),
  account: z.string(),
  endpoint: batchEndpoint,
  model: z.string(),
  group: z.string(),
  /** Our state. */
  state: batchState,
  /** OpenAI's word for it, as `GET /v1/batches` has it. */
  status: z.string(),
  provider_batch_id: z.string().nullable(),
  /** What the provider last said. */
  provider_status: z.string().nullable(),
  created_at: time,
  updated_at: time,
  settled_at: time.nullable(),
  /** When the provider gives it up. */
  expires_at: time.nullable(),
  cancel_requested_at: time.nullable(),
  counts: lineCounts,
  /** Of the input file. */
  bytes: count,
  /** Creations at the provider so far. */
  attempt: count,
  /** How often its group was halved in the search for a bad line. */
  depth: count,
  /** The batcher that holds it; null: the next one that looks takes it. */
  owner: z.string().nullable(),
  /** Why nobody can say when it will end. */
  trouble: operatorFailure.nullable(),
  /** Why all of it failed. */
  failure: operatorFailure.nullable(),
  estimate: batchEstimate.nullable(),
  /** Null before it has settled, and for a model without a price. */
  cost: operatorCost.nullable(),
});
export type OperatorBatch = z.infer<typeof operatorBatch>;

/** A step of ours (`batch.…`, `accepted`, `collected`, `done`) or of the provider's (`provider.…`), in order of time. */
export const operatorStep = z.object({ at: time, event: z.string(), note: z.string().nullable() });
export type OperatorStep = z.infer<typeof operatorStep>;

/** `GET /admin/batches/{id}`. */
export const operatorBatchDetails = operatorBatch.extend({
  timeline: z.array(operatorStep),
  /** What the provider said of the file or its lines; `line` counts from 1 where it named one. */
  errors: z.array(operatorFailure.extend({ line: z.int().nullable() })),
  /** Lines that the provider's validation named, the first of them. */
  named_lines: z.array(z.object({ request_id: z.string(), code: z.string(), message: z.string() })),
  named_line_count: count,
  former_provider_batch_ids: z.array(z.string()),
  input_file_id: z.string().nullable(),
  output_file_id: z.string().nullable(),
  error_file_id: z.string().nullable(),
  /** When the latest creation was begun. */
  intent_at: time.nullable(),
  /** Estimated before it ran. */
  tokens: count,
  usage: z.object({ input_tokens: count, cached_tokens: count, output_tokens: count, sent_again: count }).nullable(),
  /** How long it took from its first request to the last outcome. */
  took_seconds: duration.nullable(),
});
export type OperatorBatchDetails = z.infer<typeof operatorBatchDetails>;
