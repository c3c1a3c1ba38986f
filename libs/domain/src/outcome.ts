import type { BatchId } from '@batch-gpt/contracts';

/** Tokens that one line used, in the provider's own counting. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly totalTokens: number;
}

/** How a request ended: the HTTP status and body (JSON text) that its callers get. */
export interface Outcome {
  readonly kind: 'succeeded' | 'failed';
  readonly status: number;
  readonly body: string;
  /** May serve anybody who asks the same: a complete success that depends on nothing but the request. */
  readonly shareable: boolean;
  readonly usage: Usage | null;
  /** The provider's request id of the line, for its support. */
  readonly providerRequestId: string | null;
  readonly batchId: BatchId | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** How long outcomes stay of use, in milliseconds. */
export interface Retention {
  /** A shareable success answers everybody for this long. */
  readonly cacheTtl: number;
  /** A success that may not be shared answers retries of its own call for this long. */
  readonly retryGrace: number;
  /** A failure answers for this long; afterwards the key is fresh again. */
  readonly failureTtl: number;
  /** A row stays at least this long after its outcome, so that a handle can be looked up. */
  readonly minimumKeep: number;
}

const second = 1000;
const hour = 3600 * second;

export const defaultRetention: Retention = {
  cacheTtl: 30 * 24 * hour,
  retryGrace: hour,
  failureTtl: 180 * second,
  minimumKeep: 24 * hour,
};

/** How often whoever waits is looked up again whatever was announced, unless settings say otherwise, in milliseconds. */
export const defaultRecheckEvery = 10 * second;

/**
 * The shortest time that failures may answer for, in milliseconds: three re-checks. Whoever waits for a failure, or was
 * told to come again (calls under way are: after 5 s at most), has to find it, not ask anew.
 */
export const shortestFailureTtl = (recheckEvery: number): number => 3 * recheckEvery;

/** What a row says of how long its outcome is of use. */
export interface KeptRow {
  /** True for a private row. */
  readonly isPrivate: boolean;
  /** Milliseconds; null: as the retention has it. */
  readonly cacheTtl: number | null;
}

/** Until when an outcome may answer, and when its row may be removed. A private row goes when its retries are over. */
export function keepUntil(outcome: Outcome, retention: Retention, row: KeptRow): KeepUntil {
  const reuseUntil = outcome.at + reuseFor(outcome, retention, row);
  const keep = row.isPrivate ? retention.retryGrace : retention.minimumKeep;
  const expiresAt = Math.max(reuseUntil, outcome.at + keep);
  return { reuseUntil, expiresAt };
}

export interface KeepUntil {
  readonly reuseUntil: number;
  readonly expiresAt: number;
}

function reuseFor({ kind, shareable }: Outcome, { cacheTtl, retryGrace, failureTtl }: Retention, row: KeptRow): number {
  if (kind === 'failed') return failureTtl;
  // Its own call has to find it again.
  if (row.isPrivate) return Math.max(row.cacheTtl ?? 0, retryGrace);
  return shareable ? (row.cacheTtl ?? cacheTtl) : retryGrace;
}
