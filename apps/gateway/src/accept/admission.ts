import { AppError } from '@batch-gpt/errors';

/** A call's place in memory. */
export interface Permit extends Disposable {
  /** Takes room for so many bytes more; throws AppError `too_many_waiters` when there is none. */
  grow(bytes: number): void;
  /** Gives the bytes back: the body is stored or refused. */
  clear(): void;
}

/** Bounds what all open calls hold in memory, by count and by bytes of their bodies. */
export interface Admission {
  readonly open: number;
  /** Throws AppError `too_many_waiters` when every place is taken. */
  enter(): Permit;
}

export function createAdmission({
  maxCalls,
  maxBytes,
}: {
  readonly maxCalls: number;
  readonly maxBytes: number;
}): Admission {
  let open = 0;
  let held = 0;
  return {
    get open() {
      return open;
    },
    enter: () => {
      if (open >= maxCalls) throw full();
      open += 1;
      let own = 0;
      let left = false;
      const clear = () => {
        held -= own;
        own = 0;
      };
      return {
        grow: (bytes) => {
          // The only body in flight is always let in, however small the bound is.
          if (held > own && held + bytes > maxBytes) throw full();
          held += bytes;
          own += bytes;
        },
        clear,
        [Symbol.dispose]: () => {
          clear();
          if (!left) open -= 1;
          left = true;
        },
      };
    },
  };
}

const full = () =>
  new AppError('too_many_waiters', 'Too many requests are open on this server; try again shortly.', {
    retryAfterMs: 5000,
  });
