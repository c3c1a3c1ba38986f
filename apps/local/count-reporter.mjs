// Jest reporter: leaves one small file of counts per project and kind, which `npm test` sums into its last line.
// A file that cannot be written is thrown on purpose: a missing count would pass for "nothing failed".
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const workspace = join(dirname(fileURLToPath(import.meta.url)), '../..');

export default class CountReporter {
  #file;

  constructor(_globalConfig, { project, kind, directory = join(workspace, 'reports') }) {
    this.#file = join(directory, kind, `${project.replaceAll(/[^\w.-]/g, '_')}.json`);
  }

  onRunComplete(_contexts, results) {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${JSON.stringify(countTests(results))}\n`);
  }
}

/** Counts by test; a suite that failed without a failing test (it did not load, or a hook threw) counts as one failed. */
export function countTests({ testResults, numPassedTests, numPendingTests, numTodoTests, wasInterrupted }) {
  const failed = testResults.reduce((sum, suite) => sum + failuresOf(suite), 0);
  return {
    passed: numPassedTests,
    failed: failed + (wasInterrupted ? 1 : 0),
    skipped: numPendingTests + numTodoTests,
  };
}

function failuresOf({ numFailingTests, testExecError, failureMessage }) {
  const suiteFailed = Boolean(testExecError ?? failureMessage);
  return Math.max(numFailingTests, suiteFailed ? 1 : 0);
}
