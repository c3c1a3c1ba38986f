/*
 * A request can be cancelled while it waits for its batch:
 *
 *   accepted ── endAccepted(request_cancelled) ──▶ done, everybody who waits for it is told
 *      └─────── claimed by a batch meanwhile ────▶ collected: too late, nothing changes
 *
 * Whoever joined the request is told the same: there is one row for all identical calls.
 */
import { type RequestKey } from '@batch-gpt/contracts';
import {
  defaultRetention,
  failureOutcome,
  keepUntil,
  type Outcome,
  type OutcomeAnnouncer,
  type RequestRecord,
  type RequestStore,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { type Within } from '../within.ts';

export interface CancelRequestDeps {
  readonly requests: Pick<RequestStore, 'endAccepted'>;
  /** Tells the waiters of other gateways. */
  readonly announcer: OutcomeAnnouncer;
  /** Tells the waiters of this one. */
  readonly look: (keys: readonly RequestKey[]) => void;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  readonly logger: Logger;
  /** How long the cancellation answers for the request, in milliseconds. */
  readonly failureTtl: number;
}

/** Ends a request that was seen `accepted`; false when it was no longer. */
export type CancelRequest = (record: RequestRecord) => Promise<boolean>;

export function createCancelRequest(deps: CancelRequestDeps): CancelRequest {
  const { requests, announcer, look, within, clock, logger, failureTtl } = deps;
  const retention = { ...defaultRetention, failureTtl };
  return async ({ key, base, cacheTtl, attempt }) => {
    const outcome = cancelledOutcome(clock.now());
    const settlement = {
      key,
      outcome,
      attempt,
      ...keepUntil(outcome, retention, { isPrivate: base !== null, cacheTtl }),
    };
    const ended = await within(requests.endAccepted([settlement]));
    if (!ended.has(key)) return false;
    look([key]);
    try {
      await announcer.announceOutcomes([key]);
    } catch (err) {
      logger.warn('a cancellation was not announced, waiters learn of it in their sweep', { err });
    }
    return true;
  };
}

function cancelledOutcome(at: number): Outcome {
  const { rule, code, message } = new AppError(
    'request_cancelled',
    'This request was cancelled before it was sent. The same call is a new request in a few minutes, or at once with ' +
      "'Cache-Control: no-cache'.",
  );
  return failureOutcome({ status: rule.status, type: rule.type, code, message, param: null }, null, at);
}
