// A batch's states and moves (reference 2.3; `failed` from later states only by control):
//   validating  → in_progress | failed | cancelling | expired
//   in_progress → finalizing | cancelling | expired | failed
//   finalizing  → completed | cancelling | expired | failed
//   cancelling  → cancelled
// completed, failed, expired and cancelled are final.
import { type Usage } from '../answers/usage.ts';
import { type BatchEndpoint } from '../endpoints.ts';

/** Every status, as on the wire. */
export const batchStatuses = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;
/** A batch's status as on the wire. */
export type BatchStatus = (typeof batchStatuses)[number];

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

/** How far the lines of a batch have run: all that is needed to go on after a restart. */
export interface BatchRun {
  /** Seed of the shuffle, and whether there is one. */
  readonly seed: number;
  readonly shuffled: boolean;
  /** Estimated prompt tokens of all lines. */
  readonly tokens: number;
  /** Ids that the result files will have; their bytes are there from the first row on. */
  readonly outputId: string;
  readonly errorId: string;
  /** Lines taken up so far in the run's order, those put off by `[[simulate:slow]]` included. */
  taken: number;
  /** Lines put off and not yet run, by their place in the input. */
  putOff: number[];
  /** Bytes of the rows of all these lines; what is beyond them was written for nobody. */
  outputBytes: number;
  errorBytes: number;
  spent: { -readonly [key in keyof Usage]: number };
}

/** One batch; changed only by its own life (and the cancel call), through `enter`. */
export interface Batch {
  readonly id: string;
  /** 1 for the first batch of a data directory. */
  readonly ordinal: number;
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
  /** Null before lines can run, and at the end. */
  run: BatchRun | null;
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
  if (isFinal(status)) batch.run = null;
}
