/*
 * Whether a group's window may be closed now. What keeps it open only makes the window longer: its rows stay accepted,
 * and go into fewer and larger batches.
 *
 *   account not configured here   ─▶ open: another batcher may have it; once the oldest row is past SUBMIT_DEADLINE the
 *                                    batch is formed for its callers to be told
 *   account parked                ─▶ open, until SUBMIT_DEADLINE likewise
 *   no creation left this hour    ─▶ open, until there is one
 *   no room for more tokens       ─▶ open, until batches of the account and model have ended
 */
import { parseGroup, type GroupId } from '@batch-gpt/contracts';
import type { BatchLimits, Candidate } from '@batch-gpt/domain';
import type { BatcherDeps } from './batcher-deps.ts';
import { roomFor } from './token-headroom.ts';

type MayCloseDeps = Pick<
  BatcherDeps,
  'accounts' | 'batches' | 'budgets' | 'tokenLimits' | 'limits' | 'timings' | 'clock' | 'window'
>;

/** What closing a window may do. */
export type MayClose =
  /** The sweep rings again, or the bell after `ringAfter` milliseconds. */
  | { readonly kind: 'open'; readonly ringAfter: number | null }
  /** Form a batch within these limits; without an account only to tell its callers. */
  | { readonly kind: 'close'; readonly limits: BatchLimits; readonly hasAccount: boolean };

const open: MayClose = { kind: 'open', ringAfter: null };

/** Decides by the group's account, its budget and what is enqueued; `oldest` is the group's oldest accepted row. */
export async function mayClose(deps: MayCloseDeps, group: GroupId, oldest: Candidate): Promise<MayClose> {
  const { account, model } = parseGroup(group);
  const { submitDeadline } = deps.timings;
  const working = deps.accounts.of(account);
  if (working === null) {
    const isLate = deps.clock.now() - oldest.acceptedAt >= submitDeadline;
    return isLate ? { kind: 'close', limits: deps.limits, hasAccount: false } : open;
  }
  const parking = working.account.parked();
  if (parking !== null) {
    return parking.parkedFor < submitDeadline ? open : { kind: 'close', limits: deps.limits, hasAccount: true };
  }
  const pause = await deps.budgets.pause(account, 'creations');
  // All groups of the account wait for the same creation: not all of them need to look each time there may be one.
  if (pause > 0) return { kind: 'open', ringAfter: Math.max(pause, deps.window) };
  const room = await roomFor(deps, account, model);
  if (room === null) return { kind: 'close', limits: deps.limits, hasAccount: true };
  const tokens = room.limit - room.enqueued;
  // With nothing enqueued a row that is too large goes alone: the provider tells whether it is.
  if (room.enqueued > 0 && oldest.tokens > tokens) return open;
  return { kind: 'close', limits: { ...deps.limits, tokens }, hasAccount: true };
}
