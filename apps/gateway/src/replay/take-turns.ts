import { setImmediate } from 'node:timers/promises';

/** Resolves when it is the caller's turn; what it does then ought to be short. */
export type TakeTurn = () => Promise<void>;

/**
 * Lets everybody who has much to do go on one after another, with a turn of the event loop between each two: a batch
 * may end with thousands of streams to be made at once. Callbacks that are due in the same turn would run together.
 */
export function createTurns(): TakeTurn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
