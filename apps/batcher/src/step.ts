import type { BatchRecord } from '@batch-gpt/domain';

/** What one step of a batch came to. */
export type Step =
  /** It moved, or changed in place: go on with this record at once. */
  | { readonly kind: 'moved'; readonly batch: BatchRecord }
  /** Nothing to do for `ms` milliseconds; then read the record again. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Ended, given up, or held by somebody else by now. */
  | { readonly kind: 'left' };

export const left: Step = { kind: 'left' };

export const wait = (ms: number): Step => ({ kind: 'wait', ms });

/** The step after a compare-and-set: whoever lost the race has left. */
export const movedOrLeft = (batch: BatchRecord | null): Step => (batch === null ? left : { kind: 'moved', batch });

/** What a runner remembers between the steps of one batch; gone with the process, so never needed to be right. */
export interface RunMemory {
  /** Monotonic time at which this run saw the input file's deletion confirmed. */
  fencedAt: number | null;
  /** Polls in a row that the provider answered with 404. */
  unknownPolls: number;
  /** Monotonic time of the first of them. */
  unknownSince: number;
  /** Refusals in a row of one kind, for back-off. */
  refusals: number;
}

export const freshMemory = (): RunMemory => ({ fencedAt: null, unknownPolls: 0, unknownSince: 0, refusals: 0 });
