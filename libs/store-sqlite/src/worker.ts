import { parentPort, workerData } from 'node:worker_threads';
import { mapError } from './map-error.ts';
import { openFile } from './open-file.ts';
import { createOperations } from './operations.ts';
import { runReads, runWrites, type RunCall } from './run-calls.ts';
import type { FromWorker, ToWorker, WorkerOptions } from './wire.ts';

if (parentPort === null) throw new Error('this file runs as a worker');
const port = parentPort;
const post = (message: FromWorker) => port.postMessage(message);

try {
  serve();
} catch (error) {
  const { code, message } = mapError(error);
  post({ type: 'failed', error: { code, message } });
}

function serve(): void {
  // Both ends are of one release and in one process; what is posted is typed where it is posted.
  const { path, keepRequestBodies, busyTimeout } = workerData as WorkerOptions;
  const db = openFile(path, busyTimeout);
  const operations = createOperations(db, keepRequestBodies);
  const run: RunCall = ({ kind, name, args }) => {
    const operation = (operations[kind] as Record<string, (...args: readonly unknown[]) => unknown>)[name];
    if (operation === undefined) throw new Error(`no operation ${name}`);
    return operation(...args);
  };

  port.on('message', (message: ToWorker) => {
    if (message.type === 'close') {
      db.close();
      port.close();
      return;
    }
    const { reads = [], writes = [] } = Object.groupBy(message.calls, (call) => call.kind);
    // Reads first: they need not wait for the disk.
    if (reads.length > 0) post({ type: 'replies', replies: runReads(busyTimeout, run, reads) });
    if (writes.length > 0) post({ type: 'replies', replies: runWrites(db, busyTimeout, run, writes) });
  });
  post({ type: 'open' });
}
