import { toAppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';

export interface IntervalOptions {
  /** Run the first turn now instead of after the first pause. */
  readonly immediate?: boolean;
  /** Do not keep the process alive for the next turn. */
  readonly unref?: boolean;
}

/**
 * Repeats a turn with a pause of `pauseMs` between the end of one and the start of the next, so turns never overlap. A
 * failing turn is logged and the loop goes on. Disposal aborts the signal that a turn is given and waits for that turn.
 */
export function createInterval(
  turn: (signal: AbortSignal) => Promise<void> | void,
  pauseMs: number,
  logger: Logger,
  { immediate = false, unref = false }: IntervalOptions = {},
): AsyncDisposable {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const runTurn = async () => {
    try {
      await turn(stop.signal);
    } catch (err) {
      if (!stop.signal.aborted) logger[toAppError(err).rule.level]('a repeated turn failed', { err });
    }
    scheduleTurn(pauseMs);
  };
  const scheduleTurn = (delayMs: number) => {
    if (stop.signal.aborted) return;
    timer = setTimeout(() => {
      running = runTurn();
    }, delayMs);
    if (unref) timer.unref();
  };

  scheduleTurn(immediate ? 0 : pauseMs);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
