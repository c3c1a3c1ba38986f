import { acceptedRequestsJob, finishedBatchJob, openWindowJob, queueNames, sweepJob } from '@batch-gpt/contracts';
import type { JobsOptions } from 'bullmq';
import type { z } from 'zod';

/** Each kind of job: its queue, its name, what its payload looks like, and how often it is tried before the sweep takes over. */
export const jobCatalogue = {
  acceptedRequests: { queue: queueNames.acceptedRequests, job: 'collect', schema: acceptedRequestsJob, attempts: 10 },
  openWindows: { queue: queueNames.openWindows, job: 'close', schema: openWindowJob, attempts: 10 },
  finishedBatches: { queue: queueNames.finishedBatches, job: 'settle', schema: finishedBatchJob, attempts: 10 },
  sweeps: { queue: queueNames.sweeps, job: 'sweep', schema: sweepJob, attempts: 1 },
} as const;

/** One of the kinds of jobs. */
export type JobKind = keyof typeof jobCatalogue;

/** What a job of this kind carries. */
export type JobPayload<K extends JobKind> = z.output<(typeof jobCatalogue)[K]['schema']>;

/**
 * Options of every job of a kind. A finished job is always removed: a kept one silently swallows the next job of its
 * id. No stack traces: error texts do not belong in Redis.
 */
export const jobOptions = (kind: JobKind): JobsOptions => ({
  removeOnComplete: true,
  removeOnFail: true,
  attempts: jobCatalogue[kind].attempts,
  backoff: { type: 'custom' },
  stackTraceLimit: 0,
});
