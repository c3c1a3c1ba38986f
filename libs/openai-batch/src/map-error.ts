/*
 * The one translation of what goes wrong at the provider (design, section 7, "Answers of upload and create").
 * Whatever is not an answer in OpenAI's own envelope proves nothing: the call may have happened.
 */
import { errorEnvelope, type ErrorEnvelope } from '@batch-gpt/contracts';
import type { FailureCause, SubmitAnswer } from '@batch-gpt/domain';
import { AppError, errorTable } from '@batch-gpt/errors';
import { APIError } from 'openai';
import { retryAfter } from './retry-after.ts';

type Mask = (text: string) => string;

/** Everything but `done`. */
export type FailedSubmit = Exclude<SubmitAnswer<never>, { readonly kind: 'done' }>;

/** What came of a paid or file-making call that threw. */
export function toSubmitAnswer(thrown: unknown, mask: Mask): FailedSubmit {
  const refusal = definiteRefusal(thrown, mask);
  if (refusal === null) return { kind: 'doubtful', error: maskedError(thrown, mask) };
  const { status, code, cause, headers } = refusal;
  if (isAboutTheAccount(status, code)) return { kind: 'parked', cause: parkedCause(cause) };
  if (status === 429) return { kind: 'wait', retryAfter: retryAfter(headers), cause };
  return { kind: 'refused', cause };
}

/** The error of a reading call that threw; null for the provider's own 404. */
export function toReadError(thrown: unknown, mask: Mask): AppError | null {
  const refusal = definiteRefusal(thrown, mask);
  const details = { status: statusOf(thrown), code: refusal?.code ?? null };
  const cause = maskedError(thrown, mask);
  if (refusal?.status === 404) return null;
  if (refusal !== null && isAboutTheAccount(refusal.status, refusal.code)) {
    return new AppError('account_parked', parkedCause(refusal.cause).message, { details, cause });
  }
  const retryAfterMs = refusal?.status === 429 ? { retryAfterMs: retryAfter(refusal.headers) } : {};
  return new AppError('provider_unavailable', `The provider did not answer: ${cause.message}`, {
    details,
    cause,
    ...retryAfterMs,
  });
}

/** Whether the provider itself said that the call conflicts with the state of its object. */
export function isConflict(thrown: unknown): boolean {
  return isApiError(thrown) && thrown.status === 409 && envelopeOf(thrown) !== null;
}

interface Refusal {
  readonly status: number;
  readonly code: string | null;
  readonly cause: FailureCause;
  readonly headers: Pick<Headers, 'get'>;
}

const doubtfulStatuses: ReadonlySet<number> = new Set([408, 409]);

function definiteRefusal(thrown: unknown, mask: Mask): Refusal | null {
  if (!isApiError(thrown)) return null;
  const { status, headers } = thrown;
  if (status === undefined || headers === undefined || status < 400 || status > 499) return null;
  if (doubtfulStatuses.has(status)) return null;
  const envelope = envelopeOf(thrown);
  if (envelope === null) return null;
  return { status, code: envelope.code ?? null, cause: causeOf(status, envelope, mask), headers };
}

type AnyApiError = APIError<number | undefined, Headers | undefined, object | undefined>;

function isApiError(thrown: unknown): thrown is AnyApiError {
  return thrown instanceof APIError;
}

function statusOf(thrown: unknown): number | null {
  return isApiError(thrown) ? (thrown.status ?? null) : null;
}

/** The SDK keeps only what stood under `error`; without that key there is no envelope. */
function envelopeOf({ error }: AnyApiError): ErrorEnvelope['error'] | null {
  const parsed = errorEnvelope.safeParse({ error });
  return parsed.success ? parsed.data.error : null;
}

function causeOf(status: number, envelope: ErrorEnvelope['error'], mask: Mask): FailureCause {
  return {
    status,
    code: envelope.code ?? 'provider_refused',
    message: mask(envelope.message),
    param: envelope.param?.slice(0, 256) ?? null,
    type: envelope.type ?? 'invalid_request_error',
  };
}

/** Codes that no waiting helps against. Source: OpenAI error code guide; the last one also comes with 400. */
const billingCodes: ReadonlySet<string> = new Set([
  'insufficient_quota',
  'credit_balance_exhausted',
  'billing_not_active',
  'billing_hard_limit_reached',
]);
const limitCodes = /^[a-z]+_(?:spend|usage)_limit_exceeded$/;

function isAboutTheAccount(status: number, code: string | null): boolean {
  if (status === 401 || status === 402 || status === 403) return true;
  return code !== null && (billingCodes.has(code) || limitCodes.test(code));
}

/** Callers must not take the gateway's credentials for their own: never the provider's 401 or 403. */
function parkedCause({ message, code }: FailureCause): FailureCause {
  const { status, type } = errorTable.account_parked;
  return {
    status,
    code: 'account_parked',
    message: `The provider refuses this account (${code}): ${message}`,
    param: null,
    type,
  };
}

/** Names what was thrown without whatever the provider may have echoed; the thrown value itself is not kept. */
function maskedError(thrown: unknown, mask: Mask): Error {
  if (!(thrown instanceof Error)) return new Error('something that is no Error was thrown');
  const reason = thrown.cause instanceof Error ? ` (${mask(thrown.cause.message)})` : '';
  const masked = new Error(mask(thrown.message).slice(0, 500) + reason);
  masked.name = thrown.name;
  return masked;
}
