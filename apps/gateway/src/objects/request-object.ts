import { type RequestEstimate, type RequestObject, type RequestSummaryObject } from '@batch-gpt/contracts';
import {
  type BatchRecord,
  type KeptOutcome,
  type Outcome,
  type RequestRecord,
  type RequestSummary,
} from '@batch-gpt/domain';
import { requestTimeline } from './request-timeline.ts';
import { unixSeconds } from './unix-seconds.ts';

/** What a request's object shows beside its row. */
export interface RequestView {
  /** The batch that holds it, or held it when it ended. */
  readonly batch: BatchRecord | null;
  /** How long windows collect, in milliseconds. */
  readonly window: number;
}

/** What a request's object shows to who asks for it, and not in a 202. */
export interface RequestAnswers {
  readonly estimate: RequestEstimate | null;
  readonly earlier: KeptOutcome | null;
}

/** The text of a request's object; bodies of outcomes are pasted in as they are, so that no number changes. */
export function requestObjectText(
  record: RequestRecord,
  view: RequestView,
  { estimate, earlier }: RequestAnswers = { estimate: null, earlier: null },
): string {
  const facts: Omit<RequestObject, 'response' | 'earlier_response'> = {
    ...requestSummary(record, view),
    timeline: requestTimeline(record, view.batch),
    estimate,
  };
  const response = record.state === 'done' ? withBody({ status_code: record.outcome.status }, record.outcome) : 'null';
  const text = JSON.stringify(facts).slice(0, -1);
  return `${text},"response":${response},"earlier_response":${earlierText(earlier)}}`;
}

function earlierText(earlier: KeptOutcome | null): string {
  if (earlier === null) return 'null';
  const { outcome, reuseUntil } = earlier;
  const [completed_at, reusable_until] = [outcome.at, reuseUntil].map(unixSeconds);
  return withBody({ status_code: outcome.status, completed_at, reusable_until }, outcome);
}

const withBody = (facts: object, { body }: Outcome): string => `${JSON.stringify(facts).slice(0, -1)},"body":${body}}`;

/** A request as a list shows it. */
export function requestSummary(
  record: RequestRecord | RequestSummary,
  { batch, window }: RequestView,
): RequestSummaryObject {
  const { key, endpoint, model, state, group, acceptedAt, batchId, attempt, rounds } = record;
  return {
    id: key,
    object: 'batch_gpt.request',
    endpoint,
    model,
    state,
    group,
    created_at: unixSeconds(acceptedAt),
    window_closes_at: state === 'accepted' ? unixSeconds(acceptedAt + window) : null,
    collected_at: state === 'accepted' || record.collectedAt === null ? null : unixSeconds(record.collectedAt),
    completed_at: state === 'done' ? unixSeconds(record.doneAt) : null,
    batch_id: batchId,
    provider_batch_id: batch?.providerBatchId ?? null,
    provider_status: batch?.provider?.status ?? null,
    request_counts: batch?.provider?.counts ?? null,
    attempt,
    rounds,
    outcome: outcomeOf(record),
    ...troubleOf(record, batch),
  };
}

/** An open row's outcome is an old one. */
function outcomeOf(record: RequestRecord | RequestSummary): RequestSummaryObject['outcome'] {
  if (record.state !== 'done') return null;
  const { kind, status, usage, providerRequestId } = record.outcome;
  return {
    result: kind,
    status_code: status,
    usage: usage && {
      input_tokens: usage.inputTokens,
      cached_tokens: usage.cachedTokens,
      output_tokens: usage.outputTokens,
      total_tokens: usage.totalTokens,
    },
    provider_request_id: providerRequestId,
    reusable_until: unixSeconds(record.reuseUntil),
  };
}

function troubleOf(
  { state }: RequestRecord | RequestSummary,
  batch: BatchRecord | null,
): Pick<RequestSummaryObject, 'error'> {
  const trouble = batch?.trouble ?? null;
  if (state !== 'collected' || trouble === null) return {};
  const { message, type, param, code } = trouble;
  return { error: { message, type, param, code } };
}
