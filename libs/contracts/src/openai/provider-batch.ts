import { z } from 'zod';

const seconds = z
  .number()
  .int()
  .nullish()
  .transform((value) => value ?? null);
// Seen on the wire: null, a missing key and '' all mean that there is no file.
const optionalId = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'string' && value !== '' ? value.slice(0, 256) : null));

/** One entry of a failed batch's `errors.data`; `line` is 1-based. */
export const providerBatchError = z.object({
  code: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  message: z
    .string()
    .nullish()
    .transform((value) => (value ?? '').slice(0, 4096)),
  param: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  line: z
    .number()
    .int()
    .nullish()
    .transform((value) => value ?? null),
});
export type ProviderBatchError = z.infer<typeof providerBatchError>;

const counts = z.object({
  total: z.number().int().default(0),
  completed: z.number().int().default(0),
  failed: z.number().int().default(0),
});

/** Token usage of a whole batch, where the provider reports it. */
export const providerBatchUsage = z.object({
  input_tokens: z.number().default(0),
  output_tokens: z.number().default(0),
  total_tokens: z.number().default(0),
});

/** OpenAI's batch object as received. Source: OpenAI API reference, Batch; oddities observed in the field are folded in. */
export const providerBatch = z.object({
  id: z.string().min(1).max(256),
  status: z.string().min(1).max(64),
  endpoint: z.string().max(256),
  input_file_id: optionalId,
  output_file_id: optionalId,
  error_file_id: optionalId,
  created_at: z.number().int(),
  in_progress_at: seconds,
  finalizing_at: seconds,
  completed_at: seconds,
  failed_at: seconds,
  expired_at: seconds,
  cancelling_at: seconds,
  cancelled_at: seconds,
  expires_at: seconds,
  request_counts: counts.nullish().transform((value) => value ?? { total: 0, completed: 0, failed: 0 }),
  usage: providerBatchUsage.nullish().transform((value) => value ?? null),
  errors: z
    .object({
      data: z
        .array(providerBatchError)
        .nullish()
        .transform((value) => (value ?? []).slice(0, 1000)),
    })
    .nullish()
    .transform((value) => value?.data ?? []),
  metadata: z
    .record(z.string(), z.string())
    .nullish()
    .transform((value) => value ?? {}),
});
export type ProviderBatch = z.infer<typeof providerBatch>;

/** OpenAI's file object as received. */
export const providerFile = z.object({
  id: z.string().min(1).max(256),
  bytes: z.number().int().min(0),
  created_at: z.number().int(),
  filename: z.string().max(1024),
  purpose: z.string().max(64),
  status: z
    .string()
    .max(64)
    .nullish()
    .transform((value) => value ?? null),
});
export type ProviderFile = z.infer<typeof providerFile>;
