import { type ServerResponse } from 'node:http';
import { type GatewayClock } from '../gateway-clock.ts';
import { type HoldPlan, type HoldSettings } from './hold-plan.ts';

/** A hold that goes on until it is released. */
export interface Hold {
  release(): void;
}

/** What holding needs. */
export interface HoldOptions {
  readonly res: Pick<ServerResponse, 'writeProcessing' | 'headersSent' | 'writable'>;
  readonly plan: HoldPlan;
  readonly settings: Pick<HoldSettings, 'interimAfter' | 'interimEvery'>;
  readonly clock: GatewayClock;
  readonly onLimit: () => void;
}

/**
 * Keeps a waiting connection alive without spending its status: silence first, so that fast failures look as always,
 * then `102 Processing` at every interval, until released or at the limit. One timer at a time.
 */
export function holdConnection({ res, plan, settings, clock, onLimit }: HoldOptions): Hold {
  const start = clock.monotonic();
  let cancel: () => void = () => undefined;

  const step = (nextInterim: number): void => {
    const elapsed = clock.monotonic() - start;
    if (elapsed >= plan.limit) {
      onLimit();
      return;
    }
    let next = nextInterim;
    if (elapsed >= nextInterim) {
      sendInterim(res);
      next = elapsed + settings.interimEvery;
    }
    // Timers may fire a little early; a millisecond more keeps them from firing twice for one step.
    cancel = clock.after(Math.max(1, Math.ceil(Math.min(next, plan.limit) - elapsed)), () => step(next));
  };
  step(plan.interim ? settings.interimAfter : Infinity);
  return { release: () => cancel() };
}

function sendInterim(res: HoldOptions['res']): void {
  if (res.writable && !res.headersSent) res.writeProcessing();
}
