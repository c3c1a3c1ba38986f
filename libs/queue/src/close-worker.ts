import type { Worker } from 'bullmq';

/** A worker, its running handlers and how to tell them to end; times in milliseconds. */
export interface CloseWorkerOptions {
  readonly worker: Worker<unknown, void>;
  readonly running: ReadonlySet<Promise<void>>;
  readonly ending: AbortController;
  readonly drainMs: number;
  readonly abortMs: number;
}

const HANG_UP_MS = 1_000;

/** Ends a worker in bounded time: stop taking jobs, wait, abort, wait again, hang up. */
export async function closeWorker({ worker, running, ending, drainMs, abortMs }: CloseWorkerOptions): Promise<void> {
  await worker.pause(true);
  const drained = await isIdleWithin(running, drainMs);
  ending.abort();
  const idle = drained || (await isIdleWithin(running, abortMs));
  const closed = worker.close(!idle);
  // With Redis away BullMQ waits for answers that never come: then the sockets are closed under it.
  if (!(await settlesWithin(closed, HANG_UP_MS))) hangUp(worker);
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
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function hangUp(worker: Worker<unknown, void>): void {
  const { client, blockingClient } = worker.getBackend();
  for (const connection of [client, blockingClient]) {
    // A connection that never came to be has nothing to hang up.
    void connection?.then(
      (redis) => redis.disconnect(),
      () => undefined,
    );
  }
}
