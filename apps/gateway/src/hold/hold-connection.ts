import { type GatewayClock } from '../gateway-clock.ts';
import { type HoldPlan } from './hold-plan.ts';

/** A hold that goes on until it is released. */
export interface Hold {
  release(): void;
}

/** What holding needs. */
export interface HoldOptions {
  readonly plan: HoldPlan;
  readonly clock: GatewayClock;
  /** A sign of life is due. */
  readonly onBeat: () => void;
  readonly onLimit: () => void;
}

/**
 * Keeps time for a waiting connection: silence first, so that fast failures look as always, then a beat at every
 * interval, until released or at the limit. One timer at a time.
 */
export function holdConnection({ plan, clock, onBeat, onLimit }: HoldOptions): Hold {
  const start = clock.monotonic();
  let cancel: () => void = () => undefined;

  const step = (nextBeat: number): void => {
    const elapsed = clock.monotonic() - start;
    if (elapsed >= plan.limit) {
      onLimit();
      return;
    }
    let next = nextBeat;
    if (elapsed >= nextBeat) {
      onBeat();
      next = elapsed + plan.every;
    }
    // Timers may fire a little early; a millisecond more keeps them from firing twice for one step.
    cancel = clock.after(Math.max(1, Math.ceil(Math.min(next, plan.limit) - elapsed)), () => step(next));
  };
  step(plan.kind === 'none' ? Infinity : plan.after);
  return { release: () => cancel() };
}
