import { type KeptOutcome, type Outcome, type RequestRecord } from '@batch-gpt/domain';

/** What a call says about old outcomes. */
export interface ReuseWishes {
  /** Ask anew. */
  readonly noCache: boolean;
  /** Oldest outcome that will do, in milliseconds. */
  readonly maxAgeMs: number | null;
  /** The call repeats one that was not answered. */
  readonly isRetry: boolean;
  /**
   * The call names, by its `Idempotency-Key`, a request that it made first at this time, in milliseconds since the epoch:
   * what that one was answered with is never paid again. Null for any other call.
   */
  readonly repeatOf: number | null;
}

/** Why a request goes on to the provider although its key is known (RFC 9211, `fwd`). */
export type Forward = 'miss' | 'stale' | 'request';

/** What a known key means for a call. */
export type ReuseDecision =
  | { readonly kind: 'hit'; readonly outcome: Outcome }
  | { readonly kind: 'join' }
  | { readonly kind: 'anew'; readonly doneAt: number; readonly forward: Forward };

/** A retry takes any success that is younger than this, in milliseconds. */
const retryGrace = 3600 * 1000;

/** Decides whether a row answers a call, is waited for, or runs again (design, section 5, "Modes"). Pure. */
export function decideReuse(row: RequestRecord, wishes: ReuseWishes, now: number): ReuseDecision {
  if (row.state !== 'done') {
    const { outcome: old, reuseUntil } = row;
    if (old?.shareable !== true) return { kind: 'join' };
    return oldAnswers({ outcome: old, reuseUntil: reuseUntil ?? 0 }, wishes, now)
      ? { kind: 'hit', outcome: old }
      : { kind: 'join' };
  }
  const { outcome, reuseUntil, doneAt } = row;
  const hit = { kind: 'hit', outcome } as const;
  if (wishes.repeatOf !== null && outcome.kind === 'succeeded') return hit;
  if (row.kept !== null && oldAnswers(row.kept, wishes, now)) return { kind: 'hit', outcome: row.kept.outcome };
  if (row.base !== null) return now < reuseUntil ? hit : { kind: 'anew', doneAt, forward: 'stale' };
  if (outcome.kind === 'failed') return failed(row, wishes, now);
  if (wishes.isRetry && now < outcome.at + retryGrace) return hit;
  if (outcome.shareable) {
    if (isFresh(outcome, reuseUntil, wishes, now)) return hit;
    // Somebody asked anew and was not given it: it belongs to whoever asks anew first.
    if (row.asksAnew && !row.delivered && now < outcome.at + retryGrace) return hit;
    return { kind: 'anew', doneAt, forward: now < reuseUntil ? 'request' : 'stale' };
  }
  // Nobody was answered with it yet: it belongs to whoever asks the same first.
  return !row.delivered && now < reuseUntil ? hit : { kind: 'anew', doneAt, forward: 'miss' };
}

/** What a later run has not replaced answers as if that had not been; a repeat only if its first call was answered so. */
function oldAnswers({ outcome, reuseUntil }: KeptOutcome, wishes: ReuseWishes, now: number): boolean {
  const { repeatOf } = wishes;
  if (repeatOf === null) return isFresh(outcome, reuseUntil, wishes, now);
  return outcome.at > repeatOf || isFresh(outcome, reuseUntil, wishes, repeatOf);
}

/** A failure answers everybody for its time, so that a repeat is not paid again; afterwards the key is fresh. */
function failed(
  { outcome, doneAt, reuseUntil }: Extract<RequestRecord, { state: 'done' }>,
  wishes: ReuseWishes,
  now: number,
): ReuseDecision {
  if (now >= reuseUntil) return { kind: 'anew', doneAt, forward: 'stale' };
  const again = wishes.isRetry || wishes.repeatOf !== null;
  if (again || isFresh(outcome, reuseUntil, wishes, now)) return { kind: 'hit', outcome };
  return { kind: 'anew', doneAt, forward: 'request' };
}

function isFresh(outcome: Outcome, reuseUntil: number, { noCache, maxAgeMs }: ReuseWishes, now: number): boolean {
  return now < reuseUntil && !noCache && (maxAgeMs === null || now - outcome.at <= maxAgeMs);
}
