import { orUnavailable } from './or-unavailable.ts';
import { createPublisher, type PublisherOptions } from './publisher.ts';
import { sweepSchedulerId } from './queue-keys.ts';
import { jobCatalogue } from './job-catalogue.ts';

/** Keeps the sweep's clock running. */
export interface SweepScheduler extends AsyncDisposable {
  /** Starts the clock if it is missing, stands still or has another interval; any service may call it, any number of times. */
  ensure(): Promise<void>;
}

/** A publisher's options and the interval of the sweep in milliseconds. */
export interface SweepSchedulerOptions extends PublisherOptions {
  readonly everyMs: number;
}

// A turn is due once per interval, and waits while another sweep runs; after so many intervals the clock stands.
const STANDS_AFTER = 4;

/** Creates the scheduler of the sweep, which lives in Redis and is lost with it. */
export function createSweepScheduler({ everyMs, ...options }: SweepSchedulerOptions): SweepScheduler {
  const publisher = createPublisher('sweeps', options);
  const { queue } = publisher;
  return {
    ensure: () =>
      orUnavailable(async () => {
        const scheduler = await queue.getJobScheduler(sweepSchedulerId);
        const due = scheduler?.next ?? 0;
        if (scheduler?.every === everyMs && due > Date.now() - STANDS_AFTER * everyMs) return;
        await queue.upsertJobScheduler(
          sweepSchedulerId,
          { every: everyMs },
          { name: jobCatalogue.sweeps.job, data: {}, opts: { ...queue.defaultJobOptions } },
        );
      }),
    [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose](),
  };
}
