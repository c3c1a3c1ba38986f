import type { ChaosReport } from './run-chaos.ts';

/** The result of a run as lines of a table. */
export function summaryLines(report: ChaosReport): readonly string[] {
  const { options, truth, reckoning, check } = report;
  const rows: readonly (readonly [string, string | number])[] = [
    [
      'run',
      `${report.minutes.toFixed(1)} minutes, seed ${options.seed}, store ${options.store}, ${options.callers} callers`,
    ],
    ['clock skew (ms)', report.skews],
    ['disturbances', report.disturbed.text()],
    ['services that died by themselves', report.diedAlone.text()],
    ['provider faults that bit', report.bitten.text()],
    ['calls tried', truth.tries()],
    ['calls accepted (202 or answered)', truth.acceptances()],
    ['calls answered', truth.answers()],
    ['calls that failed or were given up', truth.failures.text()],
    ['distinct prompts', truth.asked.size],
    ['handles handed out', truth.handles.size],
    ['until all was answered after the storm', `${(check.tookMs / 1000).toFixed(1)} s`],
    ['lines run', reckoning.linesRun],
    ['lines billed', reckoning.linesBilled],
    ['  first runs', reckoning.firstRuns],
    ['  forced: run again after the provider failed the line', reckoning.afterProviderFailure],
    ['  forced: paid again after the provider lost the row', reckoning.afterLostRow],
    ['  nobody asked for', reckoning.unknown],
    ['PAID TWICE', reckoning.paidTwice],
    ['LOST', check.lost.length],
    ['UNANSWERED', check.unanswered.length],
    ['WRONG ANSWERS', truth.wrong.length],
    ['journal', report.folder],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const examples = [...reckoning.examples, ...truth.wrong.slice(0, 20)].map((example) => `  ! ${example}`);
  return [...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ...examples];
}
