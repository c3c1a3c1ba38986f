// A batch's states and moves (reference 2.3; `failed` from later states only by control):
//   validating  → in_progress | failed | cancelling | expired
//   in_progress → finalizing | cancelling | expired | failed
//   finalizing  → completed | cancelling | expired | failed
//   cancelling  → cancelled
// completed, failed, expired and cancelled are final.
import { type Usage } from '../answers/usage.ts';
import { type BatchEndpoint } from '../endpoints.ts';

/** A batch's status as on the wire. */
export type BatchStatus =
  'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'expired' | 'cancelling' | 'cancelled';

/** One entry of `errors.data`; `line` is 1-based. */
export interface BatchError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  readonly line: number | null;
}

/** Faults that a batch carries through its life, decided when it is created. */
export interface BatchQuirks {
  /** What stands for an absent file id; undefined leaves the key out. */
  readonly absentId: '' | null | undefined;
  readonly nullOutput: boolean;
  readonly noTrailingNewline: boolean;
  /** Expires when so many lines were taken up. */
  readonly expiresAfter: number | 'half' | null;
  readonly stuckValidating: boolean;
  readonly stuckInProgress: boolean;
  readonly stuckFinalizing: boolean;
  /** Errors that validation ends with whatever the file says. */
  readonly forcedErrors: readonly BatchError[] | null;
  /** Not listed before this moment, milliseconds since the epoch. */
  readonly listedAtMs: number;
}

/** What a create call fixes. */
export interface BatchOrder {
  readonly endpoint: BatchEndpoint;
  readonly inputFileId: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** Life of the result files in seconds, null for 30 days. */
  readonly outputSeconds: number | null;
}

/** One batch; changed only by its own life (and the cancel call), through `enter`. */
export interface Batch {
  readonly id: string;
  readonly order: BatchOrder;
  readonly quirks: BatchQuirks;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Until then reads know nothing of it (fault `batch_vanishes`); milliseconds since the epoch. */
  hiddenUntilMs: number;
  /** How much longer a cancel takes, with lines still running (fault `cancel_rising`). */
  cancelRisingMs: number | null;
  status: BatchStatus;
  enteredAtMs: Partial<Record<BatchStatus, number>>;
  model: string | null;
  errors: readonly BatchError[] | null;
  outputFileId: string | null;
  errorFileId: string | null;
  counts: { total: number; completed: number; failed: number };
  usage: Usage | null;
}

const moves: Readonly<Record<BatchStatus, readonly BatchStatus[]>> = {
  validating: ['in_progress', 'failed', 'cancelling', 'expired'],
  in_progress: ['finalizing', 'cancelling', 'expired', 'failed'],
  finalizing: ['completed', 'cancelling', 'expired', 'failed'],
  cancelling: ['cancelled'],
  completed: [],
  failed: [],
  expired: [],
  cancelled: [],
};

/** True for a status that nothing leaves. */
export const isFinal = (status: BatchStatus): boolean => moves[status].length === 0;

/** Moves a batch to a status; throws on a move that does not exist. */
export function enter(batch: Batch, status: BatchStatus, nowMs: number): void {
  if (!moves[batch.status].includes(status)) throw new Error(`no move from ${batch.status} to ${status}`);
  batch.status = status;
  batch.enteredAtMs[status] = nowMs;
}
