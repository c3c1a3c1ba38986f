/** What the reporter reads of a Jest run (`AggregatedResult`). */
export interface RunResults {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly wasInterrupted: boolean;
  readonly testResults: readonly {
    readonly numFailingTests: number;
    readonly testExecError?: unknown;
    readonly failureMessage?: string | null;
  }[];
}

export function countTests(results: RunResults): { passed: number; failed: number; skipped: number };

export default class CountReporter {
  constructor(globalConfig: unknown, options: { project: string; kind: string; directory?: string });
  onRunComplete(contexts: unknown, results: RunResults): void;
}
