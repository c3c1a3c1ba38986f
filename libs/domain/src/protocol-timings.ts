/** Durations of the submit protocol, in milliseconds; settings, scaled together in tests (design, sections 6 and 7). */
export interface ProtocolTimings {
  /** The owner raises its beat this often. */
  readonly beatEvery: number;
  /** An owner whose (epoch, beat) stood still for this long of the observer's monotonic clock is gone. */
  readonly ownerGoneAfter: number;
  readonly sweepEvery: number;
  /** A create is aborted after this long; what came of it is then in doubt. */
  readonly createTimeout: number;
  /** After a doubtful create keep listing until this long after the intent. */
  readonly reconcileGrace: number;
  /** After the input file's confirmed deletion wait this long, then list once more. */
  readonly fenceWait: number;
  /** How far before the input file's own creation a listing goes back. */
  readonly listMargin: number;
  readonly pollMin: number;
  readonly pollMax: number;
  /** Callers of a batch that could not be submitted get an explicit error after this long. */
  readonly submitDeadline: number;
  /** Past `expires_at` by this long a batch is stuck. */
  readonly stuckAfter: number;
}

const second = 1000;

export const defaultProtocolTimings: ProtocolTimings = {
  beatEvery: 15 * second,
  ownerGoneAfter: 60 * second,
  sweepEvery: 15 * second,
  createTimeout: 30 * second,
  reconcileGrace: 120 * second,
  fenceWait: 60 * second,
  listMargin: 60 * second,
  pollMin: 5 * second,
  pollMax: 60 * second,
  submitDeadline: 24 * 3600 * second,
  stuckAfter: 3600 * second,
};

/** Milliseconds until the next poll of a batch: min(maximum, age / 20), at least the minimum, up to 20 % jitter. */
export function nextPollDelay(age: number, timings: ProtocolTimings, random: () => number): number {
  const wanted = Math.min(timings.pollMax, Math.max(timings.pollMin, age / 20));
  return wanted * (1 - 0.2 * random());
}
