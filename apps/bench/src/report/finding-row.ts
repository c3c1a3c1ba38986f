import { comparedOf, median, verdictOf, type Finding, type Sample } from '../measure/finding.ts';
import { numberText } from './number-text.ts';

/** The columns of a report. */
export const columns = ['', 'number', 'measured', 'baseline', 'ratio', 'target', ''] as const;

/** One finding in those columns: medians, and in brackets the smallest and the largest round. */
export function findingRow(finding: Finding): readonly string[] {
  const { id, what, unit, measured, baseline, target } = finding;
  return [
    id,
    what,
    `${spreadText(measured)} ${unit}`,
    baseline === null ? '' : `${spreadText(baseline.measured)} ${unit}, ${baseline.what}`,
    baseline === null ? '' : spreadText(comparedOf(finding)),
    target === null ? '' : `${target.bound === 'at least' ? '≥' : '≤'} ${numberText(target.value)}`,
    words[verdictOf(finding)],
  ];
}

const words = { holds: 'holds', unclear: 'within its spread', missed: 'MISSED', told: '' } as const;

function spreadText(sample: Sample): string {
  const middle = numberText(median(sample));
  if (sample.length === 1) return middle;
  return `${middle} (${numberText(Math.min(...sample))}–${numberText(Math.max(...sample))})`;
}
