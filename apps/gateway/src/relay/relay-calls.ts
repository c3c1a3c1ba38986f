import { type ServerResponse } from 'node:http';
import { AppError } from '@batch-gpt/errors';
import { createAdmission } from '../accept/admission.ts';

/** A call that is being relayed. */
export interface RelayedCall extends Disposable {
  /** Aborted with an AppError: the caller has gone, or this replica is being stopped. */
  readonly signal: AbortSignal;
}

/** The calls that are being relayed now. */
export interface RelayCalls {
  /** Throws AppError `too_many_waiters` when every place is taken, `shutting_down` after `drain`. */
  enter(res: ServerResponse): RelayedCall;
  /** Ends every call, now and later, with a retryable error. */
  drain(): void;
}

/** Bounds relayed calls apart from those that wait for a batch: each needs a connection of its own to the provider. */
export function createRelayCalls(maxCalls: number): RelayCalls {
  const places = createAdmission({ maxCalls, maxBytes: 0 });
  const open = new Set<AbortController>();
  let drained = false;
  return {
    enter: (res) => {
      if (drained) throw shuttingDown();
      const place = places.enter();
      const controller = new AbortController();
      const gone = () => controller.abort(new AppError('client_disconnected', 'The client went away.'));
      open.add(controller);
      res.once('close', gone);
      return {
        signal: controller.signal,
        [Symbol.dispose]: () => {
          res.off('close', gone);
          open.delete(controller);
          place[Symbol.dispose]();
        },
      };
    },
    drain: () => {
      drained = true;
      for (const controller of open) controller.abort(shuttingDown());
    },
  };
}

const shuttingDown = () =>
  new AppError('shutting_down', 'This server is being stopped; another one takes the same call.');
