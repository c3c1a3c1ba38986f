import { errorEnvelope } from '@batch-gpt/contracts';
import { endpointTable } from '../endpoints/endpoint-table.ts';
import { failureOutcome } from '../failure-outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Member } from '../request.ts';
import { classifyRow } from './classify-row.ts';
import type { LineContext, LineDecision } from './line-decision.ts';
import type { ResultRow } from './read-result-row.ts';
import { cancelled, sendAgainAsAttempt, sendAgainUnrun } from './send-again.ts';

/** Decides what a member's first result row means for it (design, section 8). */
export function decideLine(row: ResultRow, member: Member, ctx: LineContext): LineDecision {
  const rowClass = classifyRow(row);
  switch (rowClass) {
    case 'succeeded':
      return { kind: 'settled', outcome: success(row, member, ctx), attempt: member.attempt + 1 };
    case 'refused':
      return { kind: 'settled', outcome: refusal(row, ctx), attempt: member.attempt + 1 };
    case 'failed':
      return sendAgainAsAttempt(member, ctx, reasonOf(row), messageOf(row));
    case 'expired':
      return sendAgainUnrun(member, ctx, 'batch_expired', messageOf(row));
    case 'cancelled':
      return cancelled(ctx, member.attempt);
  }
}

function success(row: ResultRow, member: Member, ctx: LineContext): Outcome {
  const body = row.response?.body;
  const { isComplete, readUsage } = endpointTable[member.endpoint];
  return {
    kind: 'succeeded',
    status: row.response?.status_code ?? 200,
    body: row.bodyText ?? JSON.stringify(body),
    shareable: member.shareable && isComplete(body, member.limited),
    usage: readUsage(body),
    providerRequestId: row.response?.request_id ?? null,
    batchId: ctx.batchId,
    at: ctx.at,
  };
}

/** The provider's own status and body; a body that is no error envelope is put into one. */
function refusal(row: ResultRow, ctx: LineContext): Outcome {
  const status = row.response?.status_code ?? 400;
  const code = row.error?.code ?? 'provider_refused';
  const cause = { status, code, message: messageOf(row), param: null, type: 'invalid_request_error' };
  const outcome = failureOutcome(cause, ctx.batchId, ctx.at);
  const isEnvelope = errorEnvelope.safeParse(row.response?.body).success;
  return {
    ...outcome,
    body: isEnvelope && row.bodyText !== null ? row.bodyText : outcome.body,
    providerRequestId: row.response?.request_id ?? null,
  };
}

function reasonOf({ response, error }: ResultRow): string {
  return response === null ? (error?.code ?? 'no_answer').slice(0, 64) : `status_${response.status_code}`;
}

const longestMessage = 1000;

function messageOf({ response, error }: ResultRow): string {
  const envelope = errorEnvelope.safeParse(response?.body);
  const said = envelope.data?.error.message ?? error?.message ?? '';
  if (said !== '') return said.slice(0, longestMessage);
  return response === null ? `code ${error?.code ?? 'none'}` : `status ${response.status_code} without an error body`;
}
