// States: starting → up → waiting → starting …, and from each of them → stopped.
// The first start must succeed; after it, whatever ends by itself is started again, later each time it ends soon.
import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, type ServerProcess } from '@batch-gpt/local-servers';

/** What happens to something that is kept running; for people to read. */
export type Happening =
  | { readonly kind: 'up'; readonly ms: number }
  | { readonly kind: 'ended'; readonly how: string; readonly againInMs: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly againInMs: number };

/** How to keep something running. */
export interface KeepRunningOptions {
  /** Starts it and resolves when it is ready; called again after every end. */
  readonly start: (signal: AbortSignal) => Promise<ServerProcess>;
  readonly report: (happening: Happening) => void;
  readonly backOff?: BackOff;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** Pauses between an end and the next start, in milliseconds: doubled every time, from the first again after a calm while. */
export interface BackOff {
  readonly firstMs: number;
  readonly maxMs: number;
  readonly calmMs: number;
}

/** Something that is running, or on its way to. Disposing stops it for good. */
export interface Kept extends AsyncDisposable {
  /** Of the process that runs now, or ran last. */
  readonly pid: () => number;
  /** Kills what runs now, for those who will not wait for an orderly end. */
  readonly hurry: () => void;
}

const DEFAULT_BACK_OFF: BackOff = { firstMs: 250, maxMs: 10_000, calmMs: 30_000 };

/** Starts it and keeps it running until disposed. */
export async function keepRunning(options: KeepRunningOptions): Promise<Kept> {
  const stopping = new AbortController();
  const startSignal = AbortSignal.any([stopping.signal, ...(options.signal ? [options.signal] : [])]);
  // A function, because it changes while we wait.
  const isStopping = (): boolean => stopping.signal.aborted;
  const start = async (): Promise<ServerProcess> => {
    const began = performance.now();
    const process = await options.start(startSignal);
    options.report({ kind: 'up', ms: performance.now() - began });
    return process;
  };

  const { firstMs, maxMs, calmMs } = options.backOff ?? DEFAULT_BACK_OFF;
  let pause = firstMs;
  let current: ServerProcess = await start();
  /** Puts the next process in the place of the one that ended; false once stopping. */
  const startAgain = async (): Promise<boolean> => {
    for (;;) {
      await delay(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      pause = Math.min(pause * 2, maxMs);
      if (isStopping()) return false;
      try {
        const next = await start();
        // In one turn with the question, so that a stop finds either the old one or this one.
        if (!isStopping()) {
          current = next;
          return true;
        }
        await next.stop();
        return false;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (!isStopping()) options.report({ kind: 'failed', reason, againInMs: pause });
      }
    }
  };
  const watch = async (): Promise<void> => {
    do {
      const since = performance.now();
      const exit = await current.exited;
      if (isStopping()) return;
      if (performance.now() - since >= calmMs) pause = firstMs;
      options.report({ kind: 'ended', how: describeExit(exit), againInMs: pause });
    } while (await startAgain());
  };

  const loop = watch();
  return {
    pid: () => current.pid,
    hurry: () => current.kill('SIGKILL'),
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await current.stop();
      await loop;
    },
  };
}
