import { type Outcome } from '@batch-gpt/domain';
import { type Acceptance } from '../accept/accept-request.ts';
import { type CallCounts } from './count-calls.ts';

/** To be told of the outcome that a call waited for, where its tokens are counted. */
export type CountOutcome = ((outcome: Outcome) => void) | null;

/**
 * Counts a call that cost nothing: one that a stored success answered, or that joined a request which was under way. A
 * call that was made before is not counted again: SDKs repeat theirs, and `Idempotency-Key` names them.
 */
export function countAcceptance(counts: CallCounts, acceptance: Acceptance, madeBefore: boolean): CountOutcome {
  if (madeBefore || acceptance.kind === 'absent') return null;
  const { record } = acceptance;
  if (acceptance.kind === 'hit') {
    const { kind, usage } = acceptance.outcome;
    if (kind === 'succeeded') counts.call('cache_hit', record, usage);
    return null;
  }
  if (!acceptance.collapsed) return null;
  counts.call('shared_call', record, null);
  return ({ kind, usage }) => {
    if (kind === 'succeeded' && usage !== null) counts.tokens('shared_call', record, usage);
  };
}
