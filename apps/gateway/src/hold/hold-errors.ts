import { AppError } from '@batch-gpt/errors';
import { type RequestRecord } from '@batch-gpt/domain';

/** The third attempt is the last one of the SDKs by default: their user reads the message. */
export const lastRetry = 2;

/** Who is told that the hold's limit came first. */
export interface Told {
  /** A person reads it: no SDK repeats this call by itself. */
  readonly isLast: boolean;
  /** A new call finds the request again. */
  readonly isRepeatable: boolean;
}

/** The hold's limit came before the outcome: the repeated call carries the same body, so it finds the same paid line. */
export function stillProcessing(record: RequestRecord, { isLast, isRepeatable }: Told): AppError {
  const message = isLast
    ? `Request ${record.key} is still being processed: ${whereItIs(record)}. ${howToGoOn(record, isRepeatable)}`
    : `Request ${record.key} is still being processed; repeating the call waits for the same answer.`;
  return new AppError('still_processing', message, { retryAfterMs: 1000 });
}

/** The gateway stops; the request goes on. */
export function shuttingDown(record: RequestRecord): AppError {
  const message = `This server is shutting down; request ${record.key} goes on, and repeating the call waits for its answer.`;
  return new AppError('shutting_down', message, { retryAfterMs: 1000 });
}

/** Nobody asks the provider any more. */
export function requestCancelled(): AppError {
  return new AppError(
    'request_cancelled',
    'This request was cancelled before it was sent. The same call is a new request in a few minutes, or at once with ' +
      "'Cache-Control: no-cache'.",
  );
}

/** The request's row is gone, which nothing in the system does to a request that is waited for. */
export function outcomeLost(): AppError {
  return new AppError('outcome_lost', 'The request is no longer known to the server; repeat the call.', {
    retryAfterMs: 1000,
  });
}

function whereItIs(record: RequestRecord): string {
  switch (record.state) {
    case 'accepted':
      return 'accepted, waiting to be put into a batch';
    case 'collected':
      return `in batch ${record.batchId}`;
    case 'done':
      return 'its answer is just being delivered';
  }
}

const howToGoOn = (record: RequestRecord, repeatable: boolean): string =>
  repeatable
    ? `Nothing is lost: repeating the same call attaches to it again; GET /v1/requests/${record.key} says where it is.`
    : `GET /v1/requests/${record.key} says where it is; calls with no-store attach again only with an Idempotency-Key.`;
