import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verdictOf, type Finding } from '../measure/finding.ts';
import { columns, findingRow } from './finding-row.ts';
import { type Machine } from './machine.ts';

/** Everything that one run found. */
export interface Report {
  readonly at: Date;
  readonly machine: Machine;
  readonly store: string;
  readonly quick: boolean;
  readonly findings: readonly Finding[];
}

/** Writes `bench.json` and `bench.md` into the folder; returns their paths. */
export async function writeReport(folder: string, report: Report): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files = [
    [join(folder, 'bench.json'), `${JSON.stringify(withVerdicts(report), null, 2)}\n`],
    [join(folder, 'bench.md'), markdown(report)],
  ] as const;
  for (const [path, text] of files) await writeFile(path, text);
  return files.map(([path]) => path);
}

const withVerdicts = ({ findings, ...report }: Report) => ({
  ...report,
  findings: findings.map((finding) => ({ ...finding, verdict: verdictOf(finding) })),
});

/** The report as a page. */
export function markdown({ at, machine, store, quick, findings }: Report): string {
  const { cpu, cores, memoryGiB, system, node } = machine;
  const row = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const notes = findings.flatMap(({ id, what, note }) => (note === undefined ? [] : [`- ${id}, ${what}: ${note}`]));
  return [
    `# Benchmarks, ${at.toISOString().slice(0, 10)}`,
    '',
    `${cores} × ${cpu}, ${memoryGiB} GiB, ${system}, Node ${node}; store: ${store}${quick ? '; a quick run' : ''}.`,
    'Services, databases and load share these cores. Medians of the rounds; in brackets the smallest and the largest.',
    '',
    row(columns),
    row(columns.map(() => '---')),
    ...findings.map((finding) => row(findingRow(finding))),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
  ].join('\n');
}
