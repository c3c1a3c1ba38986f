import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countsLine, countTestStep, readCounts, sumCounts } from './counts.ts';

const of = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

describe('the counts of a run', () => {
  let reports: string;
  beforeAll(async () => {
    reports = await mkdtemp(join(tmpdir(), 'reports-'));
    await mkdir(join(reports, 'int'));
    await writeFile(join(reports, 'int/queue.json'), JSON.stringify(of(3, 1)));
    await writeFile(join(reports, 'int/store.json'), JSON.stringify(of(4, 0, 2)));
    await mkdir(join(reports, 'broken'));
    await writeFile(join(reports, 'broken/x.json'), '{"passed":"many"}');
  });
  afterAll(() => rm(reports, { recursive: true }));

  it('are those of all projects together', async () => {
    expect(sumCounts(await readCounts(reports, 'int'))).toEqual(of(7, 1, 2));
  });

  it('are empty for a kind that did not run', async () => {
    expect(await readCounts(reports, 'e2e')).toEqual([]);
  });

  it('are not made up from a file that holds something else', async () => {
    await expect(readCounts(reports, 'broken')).rejects.toThrow('passed');
  });
});

describe('a step of tests', () => {
  it('is what its tests are', () => {
    expect(countTestStep([of(3), of(4, 2)], false)).toEqual(of(7, 2));
  });

  it('fails when its command failed though no test did', () => {
    expect(countTestStep([of(3)], false)).toEqual(of(3, 1));
  });

  it('fails when no test ran', () => {
    expect(countTestStep([], true)).toEqual(of(0, 1));
  });
});

describe('the last line', () => {
  it('names what was skipped only when something was', () => {
    expect(countsLine(of(12))).toBe('12 passed, 0 failed');
    expect(countsLine(of(12, 1, 3))).toBe('12 passed, 1 failed, 3 skipped');
  });
});
