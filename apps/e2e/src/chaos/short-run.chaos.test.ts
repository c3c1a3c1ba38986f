/*
 * A short run of `npm run chaos`: services killed, frozen and restarted, Redis killed and emptied, clocks a minute
 * apart, and the provider erring, all at once.
 */
import { rm } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { runChaos } from './run-chaos.ts';
import { summaryLines } from './summary.ts';

const kills = 60;

it(`loses nothing, pays nothing twice and mixes nothing up over ${kills} kills`, async () => {
  const report = await runChaos(
    { minutes: 0.5, seed: 20_261, store: 'sqlite', callers: 24, minKills: kills },
    () => undefined,
  );
  const summary = summaryLines(report).join('\n');
  expect({ isClean: report.isClean, summary }).toEqual({ isClean: true, summary });
  expect(report.disturbed.of('service SIGKILL')).toBeGreaterThanOrEqual(kills);
  expect(report.truth.answers()).toBeGreaterThan(100);
  // The journal of a run that failed is kept.
  await rm(report.folder, { recursive: true });
});
