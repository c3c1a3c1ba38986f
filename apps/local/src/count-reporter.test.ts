import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import CountReporter, { countTests } from '../count-reporter.mjs';

const run = { numPassedTests: 3, numPendingTests: 1, numTodoTests: 1, wasInterrupted: false };
const green = { numFailingTests: 0, failureMessage: null };

describe('counting a Jest run', () => {
  it('counts pending and todo tests as skipped', () => {
    expect(countTests({ ...run, testResults: [green] })).toEqual({ passed: 3, failed: 0, skipped: 2 });
  });

  it('counts every failing test', () => {
    const suite = { numFailingTests: 2, failureMessage: 'two' };
    expect(countTests({ ...run, testResults: [green, suite] }).failed).toBe(2);
  });

  it('counts a suite that did not load as one failure', () => {
    const suite = { numFailingTests: 0, testExecError: { message: 'cannot find module' } };
    expect(countTests({ ...run, numPassedTests: 0, testResults: [suite] }).failed).toBe(1);
  });

  it('never reports an interrupted run as green', () => {
    expect(countTests({ ...run, wasInterrupted: true, testResults: [green] }).failed).toBe(1);
  });

  it('writes one file per project and kind', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'reports-'));
    try {
      const reporter = new CountReporter({}, { project: 'domain', kind: 'test', directory });
      reporter.onRunComplete(new Set(), { ...run, testResults: [green] });
      const written: unknown = JSON.parse(await readFile(join(directory, 'test/domain.json'), 'utf8'));
      expect(written).toEqual({ passed: 3, failed: 0, skipped: 2 });
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
