import { type AcceptedRequestsJob, maxKeysPerJob } from '@batch-gpt/contracts';
import type { AcceptedSignals } from '@batch-gpt/domain';
import { createPublisher, type PublisherOptions } from './publisher.ts';

/** Announces accepted requests: one job per group and thousand keys, all of a tick in one round trip. */
export function createAcceptedSignals(options: PublisherOptions): AcceptedSignals & AsyncDisposable {
  const publisher = createPublisher('acceptedRequests', options);
  return {
    announceAccepted: async (jobs) => {
      const parts = jobs.flatMap(splitKeys);
      if (parts.length > 0) await publisher.publishAll(parts);
    },
    [Symbol.asyncDispose]: () => publisher[Symbol.asyncDispose](),
  };
}

// The sizes belong to the whole and are hints: the first part carries them, so that the sum stays right.
function splitKeys(job: AcceptedRequestsJob): AcceptedRequestsJob[] {
  if (job.keys.length <= maxKeysPerJob) return [job];
  const parts = Math.ceil(job.keys.length / maxKeysPerJob);
  return Array.from({ length: parts }, (_, part) => ({
    group: job.group,
    keys: job.keys.slice(part * maxKeysPerJob, (part + 1) * maxKeysPerJob),
    sizes: part === 0 ? job.sizes : { lines: 0, bytes: 0, tokens: 0, inputs: 0 },
  }));
}
