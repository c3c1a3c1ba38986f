import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const countsSchema = z.object({
  passed: z.number().int().min(0),
  failed: z.number().int().min(0),
  skipped: z.number().int().min(0),
});

/** How many checks or tests came to what. */
export type Counts = Readonly<z.infer<typeof countsSchema>>;

/** Nothing counted yet. */
export const noCounts: Counts = { passed: 0, failed: 0, skipped: 0 };

/** The sum of several. */
export const sumCounts = (all: readonly Counts[]): Counts =>
  all.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    noCounts,
  );

/** The counts that the projects' test runs of one kind left in `<reports>/<kind>/`; empty when none ran. */
export async function readCounts(reports: string, kind: string): Promise<readonly Counts[]> {
  const folder = join(reports, kind);
  const files = await readdir(folder).catch(() => []);
  return Promise.all(
    files.map(async (file) => countsSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8')))),
  );
}

/**
 * What a step of tests comes to. Its exit code has a word too: it failed though no test did (a project that could not
 * even begin), or nothing ran at all, which must not pass for success.
 */
export function countTestStep(counts: readonly Counts[], exitedWell: boolean): Counts {
  const sum = sumCounts(counts);
  const silent = (sum.failed === 0 && !exitedWell) || counts.length === 0;
  return silent ? { ...sum, failed: sum.failed + 1 } : sum;
}

/** The last line of a run: `12 passed, 0 failed`, then what was skipped, if anything was. */
export const countsLine = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
