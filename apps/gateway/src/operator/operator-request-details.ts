import { errorEnvelope, type OperatorFailure, type OperatorRequestDetails, type WaitsFor } from '@batch-gpt/contracts';
import { type BatchRecord, type RequestSummary } from '@batch-gpt/domain';
import { estimateCompletion } from '../objects/estimate-completion.ts';
import { requestSummary } from '../objects/request-object.ts';
import { requestTimeline } from '../objects/request-timeline.ts';
import { toOperatorBatch, type BatchView } from './operator-batch.ts';
import { seconds } from './seconds.ts';

export interface RequestDetailsView extends BatchView {
  readonly batch: BatchRecord | null;
  /** How long windows collect, in milliseconds. */
  readonly window: number;
  /** The body of its outcome, of a failed one only. */
  readonly failedBody: string | null;
}

/** Where a request is, and why it waits. */
export function toOperatorRequestDetails(record: RequestSummary, view: RequestDetailsView): OperatorRequestDetails {
  const { batch, window, failedBody } = view;
  return {
    ...requestSummary(record, { batch, window }),
    ...{ tenant: record.tenant, account: record.account },
    waits_for: waitsFor(record, batch),
    failure: failedBody === null ? null : failureIn(failedBody),
    timeline: requestTimeline(record, batch),
    estimate: estimateCompletion({ record, ...view }),
    batch: batch && toOperatorBatch(batch, view),
    expires_at: record.state === 'done' ? seconds(record.expiresAt) : null,
    delivered: record.state === 'done' && record.delivered,
  };
}

function waitsFor({ state }: RequestSummary, batch: BatchRecord | null): WaitsFor | null {
  if (state === 'done') return null;
  if (state === 'accepted') return 'window';
  if (batch === null) return 'submission';
  if (batch.trouble !== null) return 'operator';
  switch (batch.state) {
    case 'forming':
    case 'claimed':
    case 'uploaded':
    case 'submitting':
      return 'submission';
    case 'submitted':
      return 'provider';
    case 'ended':
    case 'abandoned':
    case 'settled':
    case 'void':
      return 'results';
  }
}

/** Code and message of an error as OpenAI writes it; nothing else of a body is for operators. */
function failureIn(body: string): OperatorFailure | null {
  try {
    const { code = null, message, type = null, param = null } = errorEnvelope.parse(JSON.parse(body)).error;
    return { code, message: message.slice(0, longestMessage), type, param };
  } catch {
    // Some provider's own form.
    return null;
  }
}

const longestMessage = 1000;
