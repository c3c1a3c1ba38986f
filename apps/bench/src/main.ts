import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Benchmark } from './benchmark.ts';
import { benchmarks } from './benchmarks/benchmarks.ts';
import { verdictOf, type Finding } from './measure/finding.ts';
import { parseOptions, type Options } from './options.ts';
import { columns, findingRow } from './report/finding-row.ts';
import { describeMachine } from './report/machine.ts';
import { writeReport } from './report/write-report.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

try {
  const options = parseOptions(process.argv.slice(2));
  const findings: Finding[] = [];
  for (const benchmark of chosen(options.ids)) findings.push(...(await run(benchmark, options)));
  for (const row of [columns, ...findings.map(findingRow)]) say(row.join('  |  '));
  const { store, quick } = options;
  const report = { at: new Date(), machine: describeMachine(), store, quick, findings };
  for (const path of await writeReport(options.out, report)) say(`written: ${path}`);
  process.exitCode = findings.some((finding) => verdictOf(finding) === 'missed') ? 1 : 0;
} catch (error) {
  process.stderr.write(`${inspect(error, { depth: 5 })}\n`);
  process.exitCode = 2;
}

function chosen(ids: readonly string[]): readonly Benchmark[] {
  const unknown = ids.filter((id) => !benchmarks.some((benchmark) => benchmark.id === id));
  const known = benchmarks.map(({ id }) => id).join(', ');
  if (unknown.length > 0) throw new Error(`no such benchmark: ${unknown.join(', ')}; there are ${known}`);
  return ids.length === 0 ? benchmarks : benchmarks.filter(({ id }) => ids.includes(id));
}

async function run({ id, title, run: measure }: Benchmark, options: Options): Promise<readonly Finding[]> {
  const { quick, store, rounds } = options;
  const folder = await mkdtemp(join(tmpdir(), 'batch-gpt-bench-'));
  const start = performance.now();
  say(`${id}: ${title}`);
  try {
    return await measure({ quick, store, rounds, folder, say: (line) => say(`  ${line}`) });
  } finally {
    await rm(folder, { recursive: true, force: true });
    say(`${id}: took ${((performance.now() - start) / 1000).toFixed(0)} s`);
  }
}
