// Four things ask a running process to stop, and only the first one counts:
//
//   SIGTERM, SIGINT         an operator or the platform
//   disconnect              the parent that spawned us with an IPC channel is gone
//   uncaughtException,
//   unhandledRejection      a bug: nothing is known about our state any more; exit code 1
//
// A signal that comes while stopping means "now": the process ends without disposal.
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type ServiceProcess } from './service-process.ts';

export interface StopWatch {
  /** Aborts when the process is asked to stop. */
  readonly signal: AbortSignal;
  /** Resolves with what asked for it. */
  readonly asked: Promise<string>;
  /** Stops watching; signals do what they do by default again. */
  release(): void;
}

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

// npm passes a terminal's Ctrl-C on to a child that the terminal has told already: that is one wish, not two.
const SAME_WISH_MS = 500;

/** Starts watching; `logger` is asked each time, because the service brings its own later. */
export function watchForStop(host: ServiceProcess, now: () => number, logger: () => Logger): StopWatch {
  const controller = new AbortController();
  const { promise: asked, resolve } = Promise.withResolvers<string>();
  let askedAt = 0;

  const ask = (reason: string) => {
    if (controller.signal.aborted) return;
    askedAt = now();
    controller.abort(new AppError('shutting_down', 'The service is shutting down.', { details: { reason } }));
    resolve(reason);
  };
  const onSignal = (name: keyof typeof SIGNAL_EXIT_CODES) => () => {
    const again = controller.signal.aborted && now() - askedAt >= SAME_WISH_MS;
    if (again) host.exit(SIGNAL_EXIT_CODES[name]);
    else ask(name);
  };
  const onBug = (kind: string) => (err: unknown) => {
    logger().error('unexpected failure, the service stops', { err, kind });
    host.exitCode = 1;
    ask(kind);
  };

  const listeners: readonly (readonly [string, (fact: unknown) => void])[] = [
    ['SIGTERM', onSignal('SIGTERM')],
    ['SIGINT', onSignal('SIGINT')],
    ['uncaughtException', onBug('uncaughtException')],
    ['unhandledRejection', onBug('unhandledRejection')],
    ...(host.send === undefined ? [] : [['disconnect', () => ask('disconnect')] as const]),
  ];
  for (const [event, listener] of listeners) host.on(event, listener);
  // The parent may have gone while our modules were loading.
  if (host.send !== undefined && host.connected === false) ask('disconnect');

  return {
    signal: controller.signal,
    asked,
    release: () => {
      for (const [event, listener] of listeners) host.off(event, listener);
    },
  };
}
