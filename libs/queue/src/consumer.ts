/*
 * A consumer of one kind of job.
 *
 *   running ──dispose──▶ draining (takes nothing new; handlers go on) ──drainMs──▶ aborting (their signal is aborted)
 *   draining, aborting ──no handler runs──▶ closed
 *   aborting ──abortMs──▶ closed by force (the job's lock runs out and another consumer does it again)
 */
import { AppError, toAppError } from '@batch-gpt/errors';
import { type Logger, withLogContext } from '@batch-gpt/logging';
import { type Job, UnrecoverableError, Worker } from 'bullmq';
import { jobCatalogue, type JobKind, type JobPayload } from './job-catalogue.ts';
import { closeWorker } from './close-worker.ts';
import { logSparsely } from './log-sparsely.ts';
import { defaultPrefix } from './queue-keys.ts';
import { redisOptions } from './redis-options.ts';

const MOST_AT_ONCE = 200;
const LONGEST_PAUSE_MS = 30_000;

/** What a handler may know besides the payload. */
export interface JobContext {
  /** Aborted when the service must end and the time to drain is over. */
  readonly signal: AbortSignal;
  /** How often this job has failed before. */
  readonly attempts: number;
}

/** Does a job, which may have been done before: queues deliver at least once. */
export type JobHandler<K extends JobKind> = (payload: JobPayload<K>, context: JobContext) => Promise<void>;

/** How to consume a queue; times in milliseconds. */
export interface ConsumerOptions<K extends JobKind> {
  readonly redisUrl: string;
  readonly prefix?: string;
  readonly logger: Logger;
  /** Jobs at a time, 1 to 200: more delay the first handler and make a crash of this process expensive for Redis. */
  readonly concurrency: number;
  readonly handler: JobHandler<K>;
  /** Called for every failed try, with the queue's name. */
  readonly onFailed?: (queue: string) => void;
  readonly lockMs?: number;
  readonly stalledCheckMs?: number;
  readonly drainMs?: number;
  readonly abortMs?: number;
}

/** A running consumer; disposing drains it. */
export interface Consumer extends AsyncDisposable {
  /** Resolves when it is connected and takes jobs. */
  readonly ready: () => Promise<void>;
}

/** Starts a consumer of any kind; it goes on through every outage of Redis until it is disposed. */
export function startConsumer<K extends JobKind>(kind: K, options: ConsumerOptions<K>): Consumer {
  const { queue, schema } = jobCatalogue[kind];
  const { concurrency, handler, lockMs = 10_000, stalledCheckMs = 5_000, drainMs = 10_000, abortMs = 5_000 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE) {
    throw new AppError('config_invalid', `the concurrency of ${queue} must be 1 to ${MOST_AT_ONCE}`);
  }
  const logger = options.logger.child({ queue });
  const ending = new AbortController();
  const running = new Set<Promise<void>>();

  const handle = async (job: Job<unknown>): Promise<void> => {
    const payload = schema.safeParse(job.data);
    if (!payload.success) {
      // Paths and codes only: a message of the parser may quote what it refused.
      const issues = payload.error.issues.slice(0, 3).map(({ path, code }) => `${path.join('.')}: ${code}`);
      throw new AppError('internal_error', 'the payload of a job is invalid', { details: { issues } });
    }
    // The catalogue pairs each kind with its schema; the compiler cannot follow that through the generic.
    await handler(payload.data as JobPayload<K>, { signal: ending.signal, attempts: job.attemptsMade });
  };
  const run = async (job: Job<unknown>): Promise<void> => {
    const task = withLogContext(job.id === undefined ? {} : { jobId: job.id }, () => handle(job));
    running.add(task);
    try {
      await task;
    } catch (error) {
      options.onFailed?.(queue);
      throw toJobError(error, job, logger);
    } finally {
      running.delete(task);
    }
  };

  const worker = new Worker<unknown, void>(queue, run, {
    connection: redisOptions(options.redisUrl, 'worker'),
    prefix: options.prefix ?? defaultPrefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: stalledCheckMs,
    // A job whose process died is simply done again, however often; what repeats for ever is the records' matter.
    maxStalledCount: 1e9,
    runRetryDelay: 1_000,
    settings: { backoffStrategy: (attemptsMade, _type, error) => pauseBefore(attemptsMade, error) },
  });
  worker.on('error', logSparsely(logger, 'a queue worker met an error'));

  return {
    ready: () => worker.waitUntilReady(),
    [Symbol.asyncDispose]: () => closeWorker({ worker, running, ending, drainMs, abortMs }),
  };
}

/**
 * The one place where an error becomes a retry or an end: a code that is never worth a repeat ends the job, everything
 * else is tried again. Only the code goes to Redis; the error itself goes to the log.
 */
function toJobError(error: unknown, job: Job<unknown>, logger: Logger): Error {
  const { code, rule } = toAppError(error);
  const known = AppError.is(error) || error instanceof UnrecoverableError;
  const ends = (known && rule.retry === 'never') || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  const facts = { jobId: job.id, attempt: job.attemptsMade + 1, err: error };
  if (ends) logger[rule.level]('a job was given up', facts);
  else logger.warn('a job will be tried again', facts);
  return ends ? new UnrecoverableError(code) : new Error(code, { cause: error });
}

/** Milliseconds before the next try: what the error asks for, or a second that doubles up to half a minute; with jitter. */
function pauseBefore(attemptsMade: number, error: Error | undefined): number {
  const asked = AppError.is(error?.cause) ? error.cause.retryAfterMs : null;
  const pause = Math.min(asked ?? 1_000 * 2 ** (attemptsMade - 1), LONGEST_PAUSE_MS);
  return Math.round(pause * (0.75 + Math.random() / 4));
}
