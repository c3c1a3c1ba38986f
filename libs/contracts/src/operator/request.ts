import { z } from 'zod';
import { requestObject, requestSummaryObject } from '../request-object.ts';
import { operatorBatch, operatorFailure, operatorStep } from './batch.ts';
import { time } from './values.ts';

/** A request as a list shows it to operators, of any tenant: no prompt, no answer. Its times are whole Unix seconds. */
export const operatorRequest = requestSummaryObject.extend({ tenant: z.string(), account: z.string() });
export type OperatorRequest = z.infer<typeof operatorRequest>;

/** What a request waits for: `window` to be collected, `submission` of its batch, the `provider`, `results` to be stored, or an `operator`, because its batch is in trouble. */
export const waitsFor = z.enum(['window', 'submission', 'provider', 'results', 'operator']);
export type WaitsFor = z.infer<typeof waitsFor>;

/** `GET /admin/requests/{id}`: where it is and why; no prompt, no answer. */
export const operatorRequestDetails = operatorRequest.extend({
  /** Null once it is done. */
  waits_for: waitsFor.nullable(),
  /** Of a failed one; the same that its callers were told. */
  failure: operatorFailure.nullable(),
  timeline: z.array(operatorStep),
  estimate: requestObject.shape.estimate,
  /** The batch that holds it, or held it when it ended. */
  batch: operatorBatch.nullable(),
  /** Until when its outcome is kept; null while it has none. */
  expires_at: time.nullable(),
  /** Whether its outcome reached a caller. */
  delivered: z.boolean(),
});
export type OperatorRequestDetails = z.infer<typeof operatorRequestDetails>;
