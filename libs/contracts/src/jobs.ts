import { z } from 'zod';
import { batchId, requestKey } from './ids.ts';
import { groupId } from './group.ts';

/** Queue names say what is true of their items. */
export const queueNames = {
  acceptedRequests: 'accepted-requests',
  openWindows: 'open-windows',
  finishedBatches: 'finished-batches',
  sweeps: 'sweeps',
} as const;

const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** What a set of lines adds to its batch: lines, bytes of file text, estimated prompt tokens, embedding inputs. */
export const lineSizes = z.object({ lines: count, bytes: count, tokens: count, inputs: count });
export type LineSizes = z.infer<typeof lineSizes>;

/** Most keys one `accepted-requests` job may name. */
export const maxKeysPerJob = 1000;

/** On `accepted-requests`: the requests of one group that were accepted in one tick. Names and sizes, never bodies. */
export const acceptedRequestsJob = z.object({
  group: groupId,
  keys: z.array(requestKey).min(1).max(maxKeysPerJob),
  sizes: lineSizes,
});
export type AcceptedRequestsJob = z.infer<typeof acceptedRequestsJob>;

/** Why a window was closed. */
export const closeTrigger = z.enum(['time', 'lines', 'bytes', 'inputs', 'more', 'sweep', 'operator']);
export type CloseTrigger = z.infer<typeof closeTrigger>;

/** On `open-windows`: the bell that closes a group's window. */
export const openWindowJob = z.object({ group: groupId, trigger: closeTrigger });
export type OpenWindowJob = z.infer<typeof openWindowJob>;

/** On `finished-batches`: a batch that ended and waits to be settled. */
export const finishedBatchJob = z.object({ batchId });
export type FinishedBatchJob = z.infer<typeof finishedBatchJob>;

/** On `sweeps`: a turn of the sweep; carries nothing. */
export const sweepJob = z.object({});
export type SweepJob = z.infer<typeof sweepJob>;
