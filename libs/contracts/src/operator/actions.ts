import { z } from 'zod';
import { groupId } from '../group.ts';
import { batchId } from '../ids.ts';
import { count, time } from './values.ts';

/** What operators can do. */
export const operatorAction = z.enum(['flush', 'cancel', 'retry', 'abandon', 'purge']);
export type OperatorAction = z.infer<typeof operatorAction>;

/** `POST /admin/groups/flush`: close this group's window now. */
export const flushOrder = z.strictObject({ group: groupId });
export type FlushOrder = z.infer<typeof flushOrder>;

export const flushReport = z.object({
  object: z.literal('batch_gpt.flush'),
  group: groupId,
  /** How many waited at that moment, counted no further than 1,000. */
  pending: count,
});
export type FlushReport = z.infer<typeof flushReport>;

/** `POST /admin/batches/{id}/retry`: lines of a settled batch that failed are accepted anew; those that succeeded never are. */
export const retryReport = z.object({
  object: z.literal('batch_gpt.retry'),
  batch_id: batchId,
  /** So many wait for a batch again. */
  accepted: count,
  /** So many failed, but their text is no longer there: `KEEP_REQUEST_BODIES` is `off`, or was. */
  without_text: count,
  /** The `after` of the call that goes on; null where nothing is left to look at. */
  next: z.string().nullable(),
});
export type RetryReport = z.infer<typeof retryReport>;

/** What an operator did: a line of the audit log, and an event of the stream. */
export const auditEntry = z.object({
  object: z.literal('batch_gpt.audit'),
  at: time,
  /** Where it came from. */
  actor: z.string(),
  action: operatorAction,
  /** What it was done to, and what came of it. */
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type AuditEntry = z.infer<typeof auditEntry>;
