import { type DeduplicationOptions, type JobsOptions, Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { jobCatalogue, type JobKind, jobOptions, type JobPayload } from './job-catalogue.ts';
import { orUnavailable } from './or-unavailable.ts';

/** When a job becomes due, in milliseconds from now, and which other jobs it stands for. */
export interface PublishOptions {
  readonly delay?: number;
  readonly deduplication?: DeduplicationOptions;
}

/** Adds jobs of one kind; every method rejects with AppError `queue_unavailable` within a second if Redis is away. */
export interface Publisher<K extends JobKind> extends AsyncDisposable {
  readonly queue: Queue;
  publish(payload: JobPayload<K>, options?: PublishOptions): Promise<void>;
  /** In one pipeline, not in one transaction: after a rejection some may have been added. */
  publishAll(payloads: readonly JobPayload<K>[]): Promise<void>;
}

/** What a publisher needs: a `producer` connection, which it shares with others and does not close. */
export interface PublisherOptions {
  readonly redis: Redis;
  readonly prefix: string;
}

// Nobody reads BullMQ's event stream; its default of 10,000 entries would be most of what an idle Redis holds.
const EVENTS_KEPT = 100;

/** Creates the publisher of a kind of job. */
export function createPublisher<K extends JobKind>(kind: K, { redis, prefix }: PublisherOptions): Publisher<K> {
  const { queue: name, job } = jobCatalogue[kind];
  // A queue that waits for its connection, or asks for the version, when it is made while Redis is away never recovers.
  const queue = new Queue(name, {
    connection: redis,
    prefix,
    skipWaitingForReady: true,
    skipVersionCheck: true,
    defaultJobOptions: jobOptions(kind),
    streams: { events: { maxLen: EVENTS_KEPT } },
  });
  // The connection's owner logs its errors; this listener keeps them from being thrown as unhandled.
  queue.on('error', () => undefined);

  return {
    queue,
    publish: async (payload, options = {}) => {
      const given: JobsOptions = { ...options };
      await orUnavailable(() => queue.add(job, payload, given));
    },
    publishAll: async (payloads) => {
      await orUnavailable(() => queue.addBulk(payloads.map((data) => ({ name: job, data }))));
    },
    [Symbol.asyncDispose]: () => queue.close(),
  };
}
