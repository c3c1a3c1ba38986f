import { type ErrorCode, toAppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';

export interface IntervalOptions {
  /** Run the first turn now instead of after the first pause. */
  readonly immediate?: boolean;
  /** Do not keep the process alive for the next turn. */
  readonly unref?: boolean;
}

/**
 * Repeats a turn with a pause of `pauseMs` between the end of one and the start of the next, so turns never overlap. A
 * failing turn is logged and the loop goes on; an outage, which fails many in a row, is logged when it begins and when
 * it is over. Disposal aborts the signal that a turn is given and waits for that turn.
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

  const changes = logChanges(logger);

  const runTurn = async () => {
    try {
      await turn(stop.signal);
      changes.succeeded();
    } catch (err) {
      if (!stop.signal.aborted) changes.failed(err);
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

/** What a person must act on is said every time; whatever else lasts, once. */
function logChanges(logger: Logger) {
  let lasting: ErrorCode | null = null;
  return {
    succeeded: () => {
      if (lasting !== null) logger.info('a repeated turn works again', { after: lasting });
      lasting = null;
    },
    failed: (err: unknown) => {
      const { code, rule } = toAppError(err);
      if (code !== lasting || rule.level === 'error') logger[rule.level]('a repeated turn failed', { err });
      lasting = code;
    },
  };
}
