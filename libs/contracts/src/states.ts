import { z } from 'zod';

/** States of a request, in order. */
export const requestState = z.enum(['accepted', 'collected', 'done']);
export type RequestState = z.infer<typeof requestState>;

/** States of a batch. */
export const batchState = z.enum([
  'forming',
  'claimed',
  'uploaded',
  'submitting',
  'submitted',
  'ended',
  'settled',
  'abandoned',
  'void',
]);
export type BatchState = z.infer<typeof batchState>;

/** Provider statuses known today; others are accepted and never taken for final. Source: OpenAI API reference, Batch. */
export const knownProviderStatuses = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
export const finalProviderStatuses: ReadonlySet<string> = new Set(['failed', 'completed', 'expired', 'cancelled']);
