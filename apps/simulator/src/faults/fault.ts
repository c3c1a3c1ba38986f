import { z } from 'zod';
import { parseMarker } from '../answers/marker.ts';
import { isFaultName, type FaultName } from './fault-menu.ts';

const hourMs = 3_600_000;
const count = z.number().int();

/**
 * A fault as ordered. It lets `skip` occasions pass, then bites with `probability` (always, without one), `times` times:
 * once, but without end if it has a probability or `forMs`. With `forMs` a bite lasts: every further occasion for the
 * same file, batch, line or, where there is none, route is bitten for so long, and then that one is left alone.
 */
export const faultSchema = z
  .strictObject({
    name: z.custom<FaultName>(isFaultName, 'unknown fault'),
    times: count.min(1).max(1_000_000).optional(),
    skip: count.min(0).max(1_000_000).optional(),
    probability: z.number().min(0).max(1).optional(),
    forMs: count.min(1).max(hourMs).optional(),
    ms: count.min(0).max(hourMs).optional(),
    line: count.min(1).max(50_000).optional(),
    marker: z
      .string()
      .refine((marker) => parseMarker(marker) !== null, 'unknown marker')
      .optional(),
  })
  .refine(({ name, marker }) => (name === 'line_marker') === (marker !== undefined), {
    error: 'line_marker needs a marker, no other fault takes one',
    path: ['marker'],
  });

/** An ordered fault. */
export type Fault = z.infer<typeof faultSchema>;

/** How long a fault delays or hides something: a second unless told otherwise. */
export const msOf = ({ ms }: Fault): number => ms ?? 1000;
