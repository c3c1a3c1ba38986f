import { type Clock } from './clock.ts';

/** A rest that ends after some time or when somebody rings, whichever is first; at most one timer at a time. */
export interface Alarm {
  rest(ms: number): Promise<void>;
  ring(): void;
}

/** A ring while nobody rests is kept for the next rest, so that no wake-up is lost. */
export function createAlarm(clock: Clock): Alarm {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    async rest(ms) {
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<undefined>();
        const timer = clock.after(ms, () => resolve(undefined));
        wake = () => resolve(undefined);
        await promise;
        timer.cancel();
        wake = null;
      }
      rung = false;
    },
    ring() {
      rung = true;
      wake?.();
    },
  };
}
