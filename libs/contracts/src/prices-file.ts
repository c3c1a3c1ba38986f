import { z } from 'zod';
import { modelName } from './ids.ts';

const dollars = z.number().min(0).max(1_000_000);

const tokenPrice = z.strictObject({
  input: dollars,
  /** Without it cached input costs the same as other input. */
  cachedInput: dollars.nullable().default(null),
  output: dollars,
});

/** Prices that add to, or replace, those which the system knows: US dollars per million tokens, synchronous list price. */
export const pricesFile = z
  .record(
    modelName,
    tokenPrice.extend({
      /** What a batch pays; without it half of the list price. */
      batch: tokenPrice.optional(),
      /** The month in which the price was read: `2026-11`. */
      asOf: z
        .string()
        .regex(/^\d{4}-(0[1-9]|1[0-2])$/)
        .optional(),
    }),
  )
  .refine((prices) => Object.keys(prices).length <= 10_000, 'must name at most 10000 models');
export type PricesFile = z.infer<typeof pricesFile>;
