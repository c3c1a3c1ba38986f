import { z } from 'zod';
import { batchEndpoint } from './endpoints.ts';
import { requestKey } from './ids.ts';
import { requestState } from './states.ts';

const count = z.int().min(0);
const seconds = z.int();

/** What a request ended with, without its text. */
const requestOutcome = z.object({
  result: z.enum(['succeeded', 'failed']),
  status_code: z.int(),
  usage: z.object({ input_tokens: count, cached_tokens: count, output_tokens: count, total_tokens: count }).nullable(),
  /** The provider's request id of the line, for its support. */
  provider_request_id: z.string().nullable(),
  /** Until when it may answer calls like this one. */
  reusable_until: seconds,
});

/** A request as a list shows it. Times are Unix seconds, as in OpenAI's objects. */
export const requestSummaryObject = z.object({
  id: requestKey,
  object: z.literal('batch_gpt.request'),
  endpoint: batchEndpoint,
  model: z.string(),
  state: requestState,
  /** What may share a batch with it. */
  group: z.string(),
  created_at: seconds,
  /** When its window closes at the latest: an estimate, from the window that this gateway is configured with. Null once it is in a batch. */
  window_closes_at: seconds.nullable(),
  collected_at: seconds.nullable(),
  completed_at: seconds.nullable(),
  batch_id: z.string().nullable(),
  provider_batch_id: z.string().nullable(),
  provider_status: z.string().nullable(),
  /** Lines of its batch, as the provider last counted them. */
  request_counts: z.object({ total: count, completed: count, failed: count }).nullable(),
  /** Runs at the provider so far. */
  attempt: count,
  /** Batches that gave it back without running it. */
  rounds: count,
  outcome: requestOutcome.nullable(),
  /** Why nobody can say when its batch will end; while there is nothing of the kind it is left out. */
  error: z.object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() }).optional(),
});
export type RequestSummaryObject = z.infer<typeof requestSummaryObject>;

/** A step of a request, or of its batch (`batch.…`) and the provider's (`provider.…`), in order of time. */
const timelineEntry = z.object({ at: seconds, event: z.string(), note: z.string().nullable() });
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** When a request may be answered, from how long the tenant's last batches of its endpoint and model took. */
const requestEstimate = z.object({
  /** Half of the comparable batches had ended by then. */
  completes_at: seconds,
  /** Nine of ten had. */
  completes_by: seconds,
  /** How long they took, from their first request to the last outcome. */
  turnaround_seconds: z.object({ p50: count, p90: count }),
  /** How many batches this is from. */
  samples: z.int().min(1),
  confidence: z.enum(['low', 'medium', 'high']),
});
export type RequestEstimate = z.infer<typeof requestEstimate>;

/** `GET /v1/requests/{id}` and the body of a 202: where a request is. */
export const requestObject = requestSummaryObject.extend({
  timeline: z.array(timelineEntry),
  /** Null where nothing comparable is known, when there is nothing to wait for, and in a 202. */
  estimate: requestEstimate.nullable(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullable(),
});
export type RequestObject = z.infer<typeof requestObject>;
