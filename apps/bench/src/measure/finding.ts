/** One value for each round, in the order of the rounds. */
export type Sample = readonly number[];

/** Where a number has to be: at least or at most `value`. */
export interface Target {
  readonly bound: 'at least' | 'at most';
  readonly value: number;
}

/** A number of ours beside what it is held against, measured in the same run. */
export interface Finding {
  /** `P1` to `P9`, or the name of a benchmark without a target of its own. */
  readonly id: string;
  readonly what: string;
  readonly unit: string;
  readonly measured: Sample;
  /** The honest program that does this step alone. */
  readonly baseline: { readonly what: string; readonly measured: Sample } | null;
  /** Null: measured and told, not held against anything. The target is on the ratio if there is a baseline. */
  readonly target: Target | null;
  /** What limits it, in a few words. */
  readonly note?: string;
}

/** What became of a target. `unclear`: missed by no more than the rounds differ among themselves. */
export type Verdict = 'holds' | 'unclear' | 'missed' | 'told';

/** Ratios to the baseline round by round; without one the measured values. */
export function comparedOf({ measured, baseline }: Finding): Sample {
  if (baseline === null) return measured;
  return measured.map((value, round) => value / (baseline.measured[round] ?? Number.NaN));
}

/** Judges by the median; a target is missed only if no round reaches it. */
export function verdictOf(finding: Finding): Verdict {
  const { target } = finding;
  if (target === null) return 'told';
  const compared = comparedOf(finding);
  const reaches = (value: number): boolean =>
    target.bound === 'at least' ? value >= target.value : value <= target.value;
  if (reaches(median(compared))) return 'holds';
  return compared.some(reaches) ? 'unclear' : 'missed';
}

/** The middle value, or the mean of the two in the middle. Throws for an empty sample. */
export function median(sample: Sample): number {
  return (
    (quantile(sample, 0.5) +
      -quantile(
        sample.map((value) => -value),
        0.5,
      )) /
    2
  );
}

/** The smallest value that at least `share` of the sample does not exceed. Throws for an empty sample. */
export function quantile(sample: Sample, share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error('a sample without values');
  return value;
}
