import { z } from 'zod';
import { count, dollars, duration, time } from './values.ts';

/** How far back a series goes. */
export const seriesRanges = ['1h', '6h', '24h', '7d'] as const;
export const seriesRange = z.enum(seriesRanges);
export type SeriesRange = z.infer<typeof seriesRange>;

/** What settled in one step, and what was seen waiting. */
export const seriesPoint = z.object({
  /** When the step begins. */
  at: time,
  lines: count,
  succeeded: count,
  failed: count,
  batches: count,
  /** The middle one of the batches' times from forming to settling; null: none settled, or too long ago to be looked at. */
  turnaround_seconds: duration.nullable(),
  /** The time that 95 of 100 of these batches took at most; null as above. */
  turnaround_p95_seconds: duration.nullable(),
  /** How full batches were in the mean: lines, as a share of the 50,000 that the provider takes; null: none settled. */
  fill: z.number().min(0).nullable(),
  /** The most that waited for a batch, and the most connections that the answering gateway held; null: nobody looked. */
  pending: count.nullable(),
  held_connections: count.nullable(),
  /** Billed, and what the same tokens cost less by batch; models without a price are in neither. */
  spent_usd: dollars,
  discount_usd: dollars,
});
export type SeriesPoint = z.infer<typeof seriesPoint>;

/** `GET /admin/series?range=…`: what settled, in equal steps, oldest first; the last step is still going on. */
export const operatorSeries = z.object({
  object: z.literal('batch_gpt.series'),
  range: seriesRange,
  step_seconds: duration,
  data: z.array(seriesPoint),
});
export type OperatorSeries = z.infer<typeof operatorSeries>;

/** `GET /dashboard/session`: `cookie`: signed in. `open`: without an ADMIN_TOKEN, on this machine. `none`: sign in first. */
export const dashboardSession = z.object({
  object: z.literal('batch_gpt.session'),
  via: z.enum(['cookie', 'open', 'none']),
});
export type DashboardSession = z.infer<typeof dashboardSession>;

/** `POST /dashboard/login`. */
export const loginOrder = z.strictObject({ token: z.string().max(4096) });
