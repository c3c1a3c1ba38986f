import { callWithFetch } from './call-from-node.ts';
import type { CallEnd, HoldingCall } from './holding-call.ts';

/**
 * A call with interim answers through a proxy, then another one by the same client. A proxy that took the first interim
 * answer for the final one would still have the first call's connection busy.
 */
export async function callTwice(call: HoldingCall): Promise<CallEnd> {
  const first = await callWithFetch(call);
  return first.kind === 'answered' ? callWithFetch({ ...call, lifeline: 'silence' }) : first;
}
