import { z } from 'zod';
import { modelName, requestKey, tenantId } from './ids.ts';

/** Seconds of a hundred years: an age beyond is a mistake. */
const longest = 36_525 * 24 * 3600;

/** `POST /admin/cache/purge`: which stored outcomes go. Everything given has to hold; everything goes only when told so. */
export const purgeOrder = z
  .strictObject({
    tenant: tenantId.optional(),
    model: modelName.optional(),
    keys: z.array(requestKey).min(1).max(1000).optional(),
    older_than: z.int().min(0).max(longest).optional().describe('outcomes that are older than this, in seconds'),
    all: z.literal(true).optional(),
  })
  .refine(({ all, ...rest }) => (all === true) === (Object.keys(rest).length === 0), {
    message: "expected what to purge ('tenant', 'model', 'keys', 'older_than'), or 'all' alone",
  });
export type PurgeOrder = z.infer<typeof purgeOrder>;

/** The answer to a purge; `has_more`: the same order again goes on. */
export const purgeReport = z.object({
  object: z.literal('batch_gpt.purge'),
  purged: z.int().min(0),
  has_more: z.boolean(),
});
export type PurgeReport = z.infer<typeof purgeReport>;
