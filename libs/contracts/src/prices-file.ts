import { z } from 'zod';
import { modelName } from './ids.ts';

const dollars = z.number().min(0).max(1_000_000);

/** Prices that add to, or replace, those which the system knows: US dollars per million tokens, synchronous list price. */
export const pricesFile = z
  .record(
    modelName,
    z.strictObject({
      input: dollars,
      /** Without it cached input costs the same as other input. */
      cachedInput: dollars.nullable().default(null),
      output: dollars,
    }),
  )
  .refine((prices) => Object.keys(prices).length <= 10_000, 'must name at most 10000 models');
export type PricesFile = z.infer<typeof pricesFile>;
