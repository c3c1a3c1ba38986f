import type { Worker } from 'bullmq';
import { endConnection } from './end-connection.ts';

/** A worker, its running handlers and how to tell them to end; times in milliseconds. */
export interface CloseWorkerOptions {
  readonly worker: Worker<unknown, void>;
  readonly running: ReadonlySet<Promise<void>>;
  readonly ending: AbortController;
  readonly drainMs: number;
  readonly abortMs: number;
}

const GOODBYE_MS = 1_000;

/** Ends a worker in bounded time: stop taking jobs, wait, abort, wait again, hang up. */
export async function closeWorker({ worker, running, ending, drainMs, abortMs }: CloseWorkerOptions): Promise<void> {
  await worker.pause(true);
  const drained = await isIdleWithin(running, drainMs);
  ending.abort();
  const idle = drained || (await isIdleWithin(running, abortMs));
  // A worker that never found its Redis cannot be asked to close, only be forced.
  const connected = await settlesWithin(worker.waitUntilReady(), 0);
  const closed = worker.close(!idle || !connected);
  if (await settlesWithin(closed, GOODBYE_MS)) return;
  // Redis went away, and BullMQ waits for answers that never come.
  await hangUp(worker);
  await settlesWithin(closed, GOODBYE_MS);
}

async function isIdleWithin(running: ReadonlySet<Promise<void>>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (running.size > 0) {
    const left = end - performance.now();
    if (left <= 0 || !(await settlesWithin(Promise.allSettled(running), left))) return false;
  }
  return true;
}

async function settlesWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  const settled = () => true;
  try {
    return await Promise.race([work.then(settled, settled), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function hangUp(worker: Worker<unknown, void>): Promise<void> {
  const { client, blockingClient } = worker.getBackend();
  for (const connection of [client, blockingClient]) if (connection !== undefined) endConnection(await connection);
}
