import { z } from 'zod';

const nullableSeconds = z.number().int().nullable();

const count = z.number().int();

/** Sums over a batch. How many tokens were reasoning is not kept, so that detail is left out. */
const batchUsage = z.object({
  input_tokens: count,
  input_tokens_details: z.object({ cached_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.object({}),
  total_tokens: count,
});

/** The batch object that `GET /v1/batches` answers with: OpenAI's shape, our id, provider's id in `metadata`. */
export const batchObject = z.object({
  id: z.string(),
  object: z.literal('batch'),
  endpoint: z.string(),
  model: z.string(),
  errors: z.object({ object: z.literal('list'), data: z.array(z.unknown()) }).nullable(),
  input_file_id: z.string(),
  completion_window: z.literal('24h'),
  status: z.string(),
  output_file_id: z.string().nullable(),
  error_file_id: z.string().nullable(),
  created_at: z.number().int(),
  in_progress_at: nullableSeconds,
  expires_at: nullableSeconds,
  finalizing_at: nullableSeconds,
  completed_at: nullableSeconds,
  failed_at: nullableSeconds,
  expired_at: nullableSeconds,
  cancelling_at: nullableSeconds,
  cancelled_at: nullableSeconds,
  request_counts: z.object({ total: z.number().int(), completed: z.number().int(), failed: z.number().int() }),
  usage: batchUsage.nullable(),
  metadata: z.record(z.string(), z.string()),
});
export type BatchObject = z.infer<typeof batchObject>;
