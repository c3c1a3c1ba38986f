import { parentPort } from 'node:worker_threads';
import type { ToWorker } from '../wire.ts';

// A worker that dies of every call that asks to mark something delivered.
parentPort?.on('message', (message: ToWorker) => {
  const fatal = message.type === 'calls' && message.calls.some((call) => call.name === 'markDelivered');
  if (!fatal) return;
  // An error alone would come after the reply of the other listener.
  parentPort?.close();
  throw new Error('the worker dies');
});

await import('../worker.ts');
