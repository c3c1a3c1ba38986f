/** One step of `npm test`: a check that passes or fails as a whole, or tests that are counted one by one. */
export interface Step {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Folder under `reports/` where its test runs leave their counts; null for a plain check. */
  readonly reports: string | null;
  /** After this time it is ended and has failed. */
  readonly limitMs: number;
}

const MINUTE_MS = 60_000;

const check = (name: string, ...command: [string, ...string[]]): Step => ({
  name,
  command,
  reports: null,
  limitMs: 10 * MINUTE_MS,
});

const nx = (target: string, ...more: string[]): [string, ...string[]] => [
  ...(['nx', 'run-many', '-t', target, '--output-style=static'] as const),
  ...more,
];

// A result from Nx's cache would leave no counts.
const tests = (name: string, target: string, reports: string, parallel: number): Step => ({
  name,
  command: nx(target, '--skip-nx-cache', `--parallel=${parallel}`),
  reports,
  limitMs: 20 * MINUTE_MS,
});

/** Everything that proves a commit, quick things first. */
export const steps: readonly Step[] = [
  check('format', 'prettier', '--check', '.'),
  check('sync', 'nx', 'sync:check'),
  check('lint', ...nx('lint', '--parallel=2')),
  check('types', ...nx('typecheck', '--parallel=2')),
  check('knip', 'knip'),
  check('build', ...nx('build')),
  tests('unit', 'test', 'test', 2),
  tests('integration', 'integration', 'int', 2),
  tests('deploy', 'deploy', 'deploy', 1),
  tests('schedules', 'schedules', 'schedules', 1),
  tests('e2e', 'e2e', 'e2e', 1),
  tests('crash', 'crash', 'crash', 1),
  tests('chaos', 'chaos', 'chaos', 1),
];
