// The life of one process:
//
//   starting ──create resolves──▶ running ──asked to stop──▶ stopping ──disposed──▶ ended
//      │ create rejects                                         │ grace over
//      ▼                                                        ▼
//    ended (exit code 78 or 1)                             ended by force (exit code 1)
//
// Asked to stop while starting: the signal that create holds aborts, and what it still gives is disposed at once.
import { AppError } from '@batch-gpt/errors';
import { createLogger, type Logger } from '@batch-gpt/logging';
import { type ServiceProcess } from './service-process.ts';
import { type StopWatch, watchForStop } from './watch-for-stop.ts';

/** What a service's composition root gives; disposal undoes the construction in reverse order. */
export interface Service extends AsyncDisposable {
  /** Takes the lines about the process itself; without it they go to stdout as JSON. */
  readonly logger?: Logger;
  /** How long a disposal may take before the process is ended by force; 30 s unless given. */
  readonly shutdownGraceMs?: number;
}

export interface RunOptions {
  readonly process?: ServiceProcess;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const DEFAULT_GRACE_MS = 30_000;
// After disposal nothing may keep the process alive; this long it may take its sockets to close.
const LINGER_MS = 2_000;
const EXIT_FAILED = 1;
// EX_CONFIG of sysexits(3): starting again does not help.
const EXIT_CONFIG = 78;

/** Runs a service until it is asked to stop, disposes it and sets the exit code; never rejects. */
export async function runService(
  name: string,
  create: (signal: AbortSignal) => Promise<Service>,
  options: RunOptions = {},
): Promise<void> {
  const host = options.process ?? process;
  let logger: Logger = createLogger({ service: name, level: 'info', format: 'json' });
  const watch = watchForStop(host, options.now ?? (() => performance.now()), () => logger);

  const service = await start({ name, host, create, watch, logger });
  if (service !== null) {
    logger = service.logger ?? logger;
    await runUntilStopped({ host, service, watch, logger });
  }
  watch.release();
  endByForceAfter({ host, logger, ms: Math.min(service?.shutdownGraceMs ?? LINGER_MS, LINGER_MS) }).unref();
}

interface Start {
  readonly name: string;
  readonly host: ServiceProcess;
  readonly create: (signal: AbortSignal) => Promise<Service>;
  readonly watch: StopWatch;
  readonly logger: Logger;
}

async function start({ name, host, create, watch, logger }: Start): Promise<Service | null> {
  try {
    return await create(watch.signal);
  } catch (err) {
    if (watch.signal.aborted) {
      logger.info('service was stopped while it started', { err });
    } else if (AppError.is(err, 'config_invalid')) {
      host.stderr.write(`${name}: ${err.message}\n`);
      host.exitCode = EXIT_CONFIG;
    } else {
      logger.error('service did not start', { err });
      host.exitCode = EXIT_FAILED;
    }
    return null;
  }
}

interface Run {
  readonly host: ServiceProcess;
  readonly service: Service;
  readonly watch: StopWatch;
  readonly logger: Logger;
}

async function runUntilStopped({ host, service, watch, logger }: Run): Promise<void> {
  logger.info('service runs');
  const reason = await watch.asked;
  logger.info('service stops', { reason });
  const force = endByForceAfter({ host, logger, ms: service.shutdownGraceMs ?? DEFAULT_GRACE_MS });
  try {
    await service[Symbol.asyncDispose]();
    logger.info('service stopped');
  } catch (err) {
    logger.error('service did not stop cleanly', { err });
    host.exitCode = EXIT_FAILED;
  } finally {
    clearTimeout(force);
  }
}

// The one place, beside a repeated signal, where a process is ended instead of ending: something holds it open.
function endByForceAfter({ host, logger, ms }: { host: ServiceProcess; logger: Logger; ms: number }): NodeJS.Timeout {
  return setTimeout(() => {
    logger.error('service does not end, ended by force', {
      waitedMs: ms,
      openResources: host.getActiveResourcesInfo(),
    });
    host.exit(EXIT_FAILED);
  }, ms);
}
