import { z } from 'zod';

const count = z.int().min(0);
const dollars = z.number().min(0).nullable();

const tokens = { input_tokens: count, cached_tokens: count, output_tokens: count };

/** Calls that no batch line was made for. */
const freeCalls = z.object({
  calls: count,
  ...tokens,
  saved_usd: dollars.describe('what they would have cost at the list price'),
});

/** A tenant's usage of one model on one day. Dollars are null where the model has no price. */
export const usageRow = z.object({
  day: z.string().describe('in UTC: `2026-11-24`; a batch counts on the day on which it was settled'),
  model: z.string(),
  priced: z.boolean().describe('whether the model has a price here; without one its dollars are null and in no sum'),
  price_as_of: z.string().nullable().describe('the month in which the price was read: `2026-11`'),
  batches: z.object({
    batches: count,
    lines: count,
    succeeded: count,
    failed: count,
    ...tokens,
    cost_usd: dollars.describe('what the provider bills for them'),
    list_usd: dollars.describe('the same tokens at the list price of synchronous calls'),
    discount_usd: dollars.describe('the list price less the cost'),
  }),
  cache_hits: freeCalls.describe('calls that a stored answer served'),
  shared_calls: freeCalls.describe('calls that joined a request which was under way'),
  realtime: z
    .object({ calls: count, ...tokens, list_usd: dollars.describe('at the list price; faster tiers cost more') })
    .describe('calls past the batches'),
  waste: z
    .object({
      lines_run_again: count.describe('lines that the provider did not run, failed on its side, or lost; few are paid'),
      lines_lost: count.describe(
        'lines that the provider counts as completed and gave no answer of: paid by all appearances',
      ),
      ...tokens,
      cost_usd: dollars.describe('what answers cost that were of no use; a part of what batches cost'),
    })
    .describe('what was done for nothing, as far as it is known'),
});
export type UsageRow = z.infer<typeof usageRow>;

/** `GET /v1/usage`: a tenant's own. */
export const usageReport = z.object({
  object: z.literal('batch_gpt.usage'),
  from: z.string(),
  to: z.string().describe('included'),
  data: z.array(usageRow).describe('in order of day and model'),
  total: z.object({
    cost_usd: z.number(),
    list_usd: z.number(),
    discount_usd: z.number(),
    cache_hits_usd: z.number(),
    shared_calls_usd: z.number(),
    waste_usd: z.number(),
    savings_usd: z.number().describe('discount, cache hits and shared calls, less the waste'),
    realtime_list_usd: z.number(),
  }),
  unpriced: z
    .array(z.object({ model: z.string(), lines: count, calls: count }))
    .describe('models without a price: their lines in batches and their other calls'),
});
export type UsageReport = z.infer<typeof usageReport>;
