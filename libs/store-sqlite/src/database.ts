/*
 * A client of the worker that owns the database file.
 *
 *   up ──the worker dies──▶ down ──after a pause, a new worker──▶ up
 *    │                       │  └─ it fails: down again, longer
 *    └───────dispose─────────┴─▶ closed, once all answers are there
 *
 * At most one post is with the worker; what is called meanwhile goes with the next one, and its writes share a
 * transaction. When the worker dies, the calls that wait for it reject and may have happened; until the next one is
 * up every call rejects at once.
 */
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import type { Reads, Writes } from './operations.ts';
import { startWorker, type RunningWorker } from './start-worker.ts';
import type { Call, Reply, WorkerOptions } from './wire.ts';

export interface Database extends AsyncDisposable {
  read<K extends keyof Reads>(name: K, ...args: Parameters<Reads[K]>): Promise<ReturnType<Reads[K]>>;
  /** Durable when it resolves. */
  write<K extends keyof Writes>(name: K, ...args: Parameters<Writes[K]>): Promise<ReturnType<Writes[K]>>;
}

export interface DatabaseOptions extends WorkerOptions {
  readonly logger: Logger;
  /** Calls without an answer, at most; one more rejects with `store_unavailable`. */
  readonly maxCalls?: number;
  /** The worker's program. */
  readonly program?: URL;
  /** Milliseconds before a dead worker is replaced; doubles with every failure. */
  readonly firstPause?: number;
}

interface Waiter {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: AppError) => void;
}

const callsPerPost = 500;
const longestPause = 5_000;
const workerProgram = new URL('./worker.ts', import.meta.url);

/** Opens the file in a worker of its own; rejects when that fails, and keeps a worker running from then on. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { logger, maxCalls = 10_000, program = workerProgram, firstPause = 100, ...workerOptions } = options;
  const waiters = new Map<number, Waiter>();
  let waiting: Call[] = [];
  let withWorker = 0;
  let nextId = 1;
  let worker: RunningWorker | null = null;
  let restart: NodeJS.Timeout | undefined;
  let restarting: Promise<void> = Promise.resolve();
  let closed: Promise<void> | null = null;
  let drained: (() => void) | null = null;

  const flush = () => {
    if (worker === null || withWorker > 0 || waiting.length === 0) return;
    const calls = waiting.slice(0, callsPerPost);
    waiting = waiting.slice(callsPerPost);
    withWorker = calls.length;
    worker.post(calls);
  };

  const replied = (replies: readonly Reply[]) => {
    withWorker -= replies.length;
    for (const reply of replies) {
      const waiter = waiters.get(reply.id);
      waiters.delete(reply.id);
      if ('error' in reply) waiter?.reject(new AppError(reply.error.code, reply.error.message));
      else waiter?.resolve(reply.value);
    }
    flush();
    if (waiters.size === 0) drained?.();
  };

  const died = (error: AppError) => {
    worker = null;
    waiting = [];
    withWorker = 0;
    for (const waiter of waiters.values()) waiter.reject(error);
    waiters.clear();
    drained?.();
    replaceAfter(firstPause, error);
  };

  const replaceAfter = (pause: number, err: unknown) => {
    if (closed !== null) return;
    logger.warn('store worker is gone, starting another', { err, pause });
    restart = setTimeout(() => {
      restarting = start().catch((error: unknown) => replaceAfter(Math.min(pause * 2, longestPause), error));
    }, pause);
  };

  const start = async () => {
    worker = await startWorker(program, workerOptions, { replied, died });
  };

  const call = (kind: Call['kind'], name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed !== null) throw new AppError('store_unavailable', 'the store is closed');
      if (worker === null) throw new AppError('store_unavailable', 'the store worker is not running');
      if (waiters.size >= maxCalls) throw new AppError('store_unavailable', 'the store has too many open calls');
      const id = nextId++;
      waiters.set(id, { resolve, reject });
      waiting.push({ id, kind, name, args });
      // Not now: calls that are made together travel together.
      if (waiting.length === 1) queueMicrotask(flush);
    });

  const close = async () => {
    clearTimeout(restart);
    await restarting;
    await new Promise<void>((resolve) => {
      drained = resolve;
      if (waiters.size === 0) resolve();
    });
    await worker?.close();
  };

  await start();
  return {
    // The operation of that name in the worker gives what the types say: both ends are of one release.
    read: <K extends keyof Reads>(name: K, ...args: Parameters<Reads[K]>) =>
      call('reads', name, args) as Promise<ReturnType<Reads[K]>>,
    write: <K extends keyof Writes>(name: K, ...args: Parameters<Writes[K]>) =>
      call('writes', name, args) as Promise<ReturnType<Writes[K]>>,
    [Symbol.asyncDispose]: () => (closed ??= close()),
  };
}
