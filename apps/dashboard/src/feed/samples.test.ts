import { expect, it } from '@jest/globals';
import { sampleSnapshot } from '@batch-gpt/status-client/samples';
import { addSample, noSamples, type Samples } from './samples.ts';

const at = 1_800_000_000;
const snapshotAt = (after: number, accepted: number) => {
  const snapshot = sampleSnapshot();
  return { ...snapshot, at: at + after, requests: { ...snapshot.requests, accepted } };
};
const fill = (...moments: readonly (readonly [after: number, accepted: number])[]): Samples =>
  moments.reduce((samples, [after, accepted]) => addSample(samples, snapshotAt(after, accepted)), noSamples);

it('keeps one a second at most', () => {
  expect(fill([0, 1], [0.25, 2], [0.5, 3], [1, 4]).list.map(({ pending }) => pending)).toEqual([1, 4]);
});

it('tells rates over ten seconds, and keeps them in between', () => {
  const { list } = fill([0, 0], [5, 50], [10, 100], [12, 100]);
  expect(list.map(({ accepted }) => accepted)).toEqual([null, null, 600, 600]);
});

it('lets the oldest go', () => {
  const moments = Array.from({ length: 700 }, (_, second) => [second, second] as const);
  const { list } = fill(...moments);
  expect(list).toHaveLength(600);
  expect(list[0]?.pending).toBe(100);
});
