import { Worker } from 'node:worker_threads';
import { AppError } from '@batch-gpt/errors';
import type { Call, FromWorker, Reply, ToWorker, WorkerOptions } from './wire.ts';

/** A worker that has the file open. */
export interface RunningWorker {
  post(calls: readonly Call[]): void;
  /** Closes the file and resolves once the worker is gone. */
  close(): Promise<void>;
}

export interface WorkerEvents {
  replied(replies: readonly Reply[]): void;
  /** The worker is gone and was not told to close. */
  died(error: AppError): void;
}

/** Starts a worker and resolves once the file is open; rejects with what stood in the way, when the worker is gone. */
export async function startWorker(program: URL, options: WorkerOptions, events: WorkerEvents): Promise<RunningWorker> {
  const worker = new Worker(program, { workerData: options });
  const exited = exitOf(worker);
  const send = (message: ToWorker) => worker.postMessage(message);
  let closing = false;

  const opened = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'open') resolve();
      else if (message.type === 'replies') events.replied(message.replies);
      else reject(new AppError(message.error.code, message.error.message));
    });
    void exited.then((cause) => reject(workerEnded(cause)));
  });
  try {
    await opened;
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  void exited.then((cause) => {
    if (!closing) events.died(workerEnded(cause));
  });

  return {
    post: (calls) => send({ type: 'calls', calls }),
    close: async () => {
      closing = true;
      send({ type: 'close' });
      await exited;
    },
  };
}

/** Resolves when the worker is gone, with the error that ended it if there was one. */
function exitOf(worker: Worker): Promise<unknown> {
  let cause: unknown;
  worker.on('error', (error) => {
    cause = error;
  });
  return new Promise((resolve) => {
    worker.on('exit', () => resolve(cause));
  });
}

function workerEnded(cause: unknown): AppError {
  return new AppError('store_unavailable', 'the store worker ended; open calls may have happened', { cause });
}
