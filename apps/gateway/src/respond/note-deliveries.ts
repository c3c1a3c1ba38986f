import { type ServerResponse } from 'node:http';
import { type RequestKey } from '@batch-gpt/contracts';
import { type RequestRecord, type RequestStore } from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import { type Within } from '../within.ts';

const mostKept = 10_000;

/** Notes which outcomes reached a caller, where that decides who may have them again. */
export interface Deliveries extends AsyncDisposable {
  /** Notes it once the answer has left. */
  noteWhenSent(record: RequestRecord, res: Pick<ServerResponse, 'once'>): void;
  /** Whether the store is still to learn of it. */
  isNoting(key: RequestKey): boolean;
}

export interface NoteDeliveriesOptions {
  readonly requests: Pick<RequestStore, 'markDelivered'>;
  readonly within: Within;
  readonly logger: Logger;
}

/**
 * Writes the notes of an event-loop turn together. A lost note is harmless: the outcome then counts as undelivered and
 * may be had once more within its hour.
 */
export function noteDeliveries({ requests, within, logger }: NoteDeliveriesOptions): Deliveries {
  const kept = new Set<RequestKey>();
  const writing = new Set<RequestKey>();
  let running: Promise<void> | null = null;

  const write = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (kept.size > 0) {
      const keys = [...kept].slice(0, 500);
      for (const key of keys) {
        kept.delete(key);
        writing.add(key);
      }
      try {
        await within(requests.markDelivered(keys));
      } catch (err) {
        logger.warn('deliveries could not be noted', { err, keys: keys.length });
      } finally {
        for (const key of keys) writing.delete(key);
      }
    }
  };
  const note = (key: RequestKey) => {
    if (kept.size >= mostKept) return;
    kept.add(key);
    start();
  };
  const start = () => {
    running ??= write().finally(() => {
      running = null;
      // What was noted since the loop's last look found it still running.
      if (kept.size > 0) start();
    });
  };
  return {
    noteWhenSent: (record, res) => {
      if (decidesReuse(record)) res.once('finish', () => note(record.key));
    },
    isNoting: (key) => kept.has(key) || writing.has(key),
    async [Symbol.asyncDispose]() {
      while (running !== null) await running;
    },
  };
}

/** Shared successes answer everybody but who asks anew, and failures answer for their time, delivered or not. */
function decidesReuse(record: RequestRecord): boolean {
  if (record.state !== 'done' || record.delivered) return false;
  return (
    record.base !== null || (record.outcome.kind === 'succeeded' && (!record.outcome.shareable || record.asksAnew))
  );
}
