/*
 * A request can be cancelled while it waits for its batch:
 *
 *   accepted ── endAccepted(request_cancelled) ──▶ done, everybody who waits for it is told
 *      ├─────── endAccepted(its old success) ──────▶ done as before it was asked anew, and they are told as well
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
  type Settlement,
} from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import { type GatewayClock } from '../gateway-clock.ts';
import { requestCancelled } from '../hold/hold-errors.ts';
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
  return async (record) => {
    const { key, attempt } = record;
    const ended = await within(requests.endAccepted([{ key, attempt, ...endOf(record) }]));
    if (!ended.has(key)) return false;
    look([key]);
    try {
      await announcer.announceOutcomes([key]);
    } catch (err) {
      logger.warn('a cancellation was not announced, waiters learn of it in their sweep', { err });
    }
    return true;
  };

  /** What was paid for stays: a cancellation that took its place would have it asked, and paid, again. */
  function endOf({ outcome: old, reuseUntil, base, cacheTtl }: RequestRecord): Omit<Settlement, 'key' | 'attempt'> {
    const now = clock.now();
    if (old !== null && reuseUntil !== null) {
      // For as long as an `Idempotency-Key` may name it.
      return { outcome: old, reuseUntil, expiresAt: Math.max(reuseUntil, now + retention.minimumKeep) };
    }
    const outcome = cancelledOutcome(now);
    return { outcome, ...keepUntil(outcome, retention, { isPrivate: base !== null, cacheTtl }) };
  }
}

function cancelledOutcome(at: number): Outcome {
  const { rule, code, message } = requestCancelled();
  return failureOutcome({ status: rule.status, type: rule.type, code, message, param: null }, null, at);
}
