import type { AcceptedRequestsJob, BatchId, CloseTrigger, GroupId, LineSizes, RequestKey } from '@batch-gpt/contracts';

/*
 * Signals travel through Redis and may be lost, doubled or late: they change timing only. Every method rejects with
 * AppError `queue_unavailable`, fast, when Redis is away; the signal may then have been given.
 */

/** Gateway → batcher: requests were accepted. */
export interface AcceptedSignals {
  announceAccepted(jobs: readonly AcceptedRequestsJob[]): Promise<void>;
}

/** The bell that closes a group's window. */
export interface WindowBells {
  /** Opens the group's window unless one is open: its bell rings after `delay` milliseconds. */
  open(group: GroupId, delay: number): Promise<void>;
  /** Rings at once, whether or not a window is open. */
  ring(group: GroupId, trigger: CloseTrigger): Promise<void>;
}

/** Hints on how much waits in each group; lost with Redis, never a truth. */
export interface HintCounters {
  /** Adds and returns the sums since the window opened. */
  add(group: GroupId, sizes: LineSizes): Promise<LineSizes>;
  clear(group: GroupId): Promise<void>;
}

/** Batcher → results: a batch ended and waits to be settled. */
export interface EndedSignals {
  announceEnded(batchId: BatchId): Promise<void>;
}

/** Whoever learns that a batch has news → batchers: its next poll, or its cancel, is due at once. */
export interface BatchNews {
  /** `id` is ours or the provider's. */
  announceNews(id: string): Promise<void>;
}

/** Results (and whoever stores an outcome) → gateways: these keys have an outcome. Any number of keys. */
export interface OutcomeAnnouncer {
  announceOutcomes(keys: readonly RequestKey[]): Promise<void>;
}
