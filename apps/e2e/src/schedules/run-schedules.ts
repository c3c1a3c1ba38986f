import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Mutate } from './mutations.ts';
import { runSchedule, type Verdict } from './run-schedule.ts';

/** What many schedules came to. */
export interface Summary {
  readonly broken: readonly Verdict[];
  /** How often each fault was met. */
  readonly met: ReadonlyMap<string, number>;
  readonly schedules: number;
  readonly runs: number;
  readonly failedRuns: number;
}

interface RunOptions {
  readonly from: number;
  readonly count: number;
  readonly mutate?: Mutate;
  /** Ends the run early. */
  readonly enough?: (verdict: Verdict) => boolean;
  readonly trace?: (line: string) => void;
}

/** Runs the schedules of `count` seeds from `from` on, one after the other. */
export async function runSchedules({ from, count, enough, ...options }: RunOptions): Promise<Summary> {
  const met = new Map<string, number>();
  const broken: Verdict[] = [];
  let schedules = 0;
  let runs = 0;
  let failedRuns = 0;
  const countFault = (name: string) => met.set(name, (met.get(name) ?? 0) + 1);
  for (let seed = from; seed < from + count; seed += 1) {
    const verdict = await runSchedule(seed, { ...options, count: countFault });
    schedules += 1;
    runs += verdict.runs;
    failedRuns += verdict.failedRuns;
    if (verdict.violations.length > 0) broken.push(verdict);
    if (enough?.(verdict) === true) break;
    // A schedule never leaves the present turn of the loop: timers of others get theirs here.
    await nextTurn();
  }
  return { broken, met, schedules, runs, failedRuns };
}

/** How to see one schedule again. */
export const replay = (seed: number): string => `SCHEDULE_SEED=${seed} npx nx run @batch-gpt/e2e:schedules`;

/** The first broken schedules in words. */
export function describeBroken(broken: readonly Verdict[]): string {
  return broken
    .slice(0, 10)
    .flatMap(({ seed, violations }) => [
      `seed ${seed}: ${replay(seed)}`,
      ...violations.slice(0, 5).map(({ broken: promise, detail }) => `  ${promise}: ${detail}`),
    ])
    .join('\n');
}
