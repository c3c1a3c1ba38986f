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
  provider_request_id: z.string().nullable().describe("the provider's request id of the line, for its support"),
  reusable_until: seconds.describe('until when it may answer calls like this one'),
});

/** A request as a list shows it. Times are Unix seconds, as in OpenAI's objects. */
export const requestSummaryObject = z.object({
  id: requestKey,
  object: z.literal('batch_gpt.request'),
  endpoint: batchEndpoint,
  model: z.string(),
  state: requestState,
  group: z.string().describe('what may share a batch with it'),
  created_at: seconds,
  window_closes_at: seconds
    .nullable()
    .describe(
      'when its window closes at the latest: an estimate, from the window that this gateway is configured with. Null once it is in a batch',
    ),
  collected_at: seconds.nullable(),
  completed_at: seconds.nullable(),
  batch_id: z.string().nullable(),
  provider_batch_id: z.string().nullable(),
  provider_status: z.string().nullable(),
  request_counts: z
    .object({ total: count, completed: count, failed: count })
    .nullable()
    .describe('lines of its batch, as the provider last counted them'),
  attempt: count.describe('runs at the provider so far'),
  rounds: count.describe('batches that gave it back without running it'),
  outcome: requestOutcome.nullable(),
  error: z
    .object({ message: z.string(), type: z.string(), param: z.string().nullable(), code: z.string() })
    .optional()
    .describe('why nobody can say when its batch will end; while there is nothing of the kind it is left out'),
});
export type RequestSummaryObject = z.infer<typeof requestSummaryObject>;

/** A step of a request, or of its batch (`batch.…`) and the provider's (`provider.…`), in order of time. */
const timelineEntry = z.object({ at: seconds, event: z.string(), note: z.string().nullable() });
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** When a request may be answered, from how long the tenant's last batches of its endpoint and model took. */
const requestEstimate = z.object({
  completes_at: seconds.describe('half of the comparable batches had ended by then'),
  completes_by: seconds.describe('nine of ten had'),
  turnaround_seconds: z
    .object({ p50: count, p90: count })
    .describe('how long they took, from their first request to the last outcome'),
  samples: z.int().min(1).describe('how many batches this is from'),
  confidence: z.enum(['low', 'medium', 'high']),
});
export type RequestEstimate = z.infer<typeof requestEstimate>;

/** `GET /v1/requests/{id}` and the body of a 202: where a request is. */
export const requestObject = requestSummaryObject.extend({
  timeline: z.array(timelineEntry),
  estimate: requestEstimate
    .nullable()
    .describe('null where nothing comparable is known, when there is nothing to wait for, and in a 202'),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullable(),
  earlier_response: z
    .object({ status_code: z.int(), completed_at: seconds, reusable_until: seconds, body: z.unknown() })
    .nullable()
    .describe(
      'what an earlier run was answered with, which the last one has not replaced: it has not ended, or it failed. ' +
        'Until `reusable_until` it answers calls that do not ask anew. Null where there is none, and in a 202',
    ),
});
export type RequestObject = z.infer<typeof requestObject>;
