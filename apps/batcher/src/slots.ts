/** A counted permission, given back once. */
export type Release = () => void;

/** At most `count` holders at a time; the others wait their turn in order. */
export interface Slots {
  /** Resolves with the release, or with null when the signal aborts first. */
  acquire(signal: AbortSignal): Promise<Release | null>;
}

export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;

  const give = (): Release => {
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    };
  };

  return {
    acquire: (signal) => {
      if (signal.aborted) return Promise.resolve(null);
      if (free > 0) {
        free -= 1;
        return Promise.resolve(give());
      }
      return new Promise((resolve) => {
        const turn = () => {
          signal.removeEventListener('abort', leave);
          resolve(give());
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(turn), 1);
          resolve(null);
        };
        waiting.push(turn);
        signal.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
