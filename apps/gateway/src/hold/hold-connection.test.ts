import { expect, test } from '@jest/globals';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { holdConnection } from './hold-connection.ts';
import { type HoldPlan } from './hold-plan.ts';

function setUp(plan: Partial<HoldPlan>) {
  const clock = createManualGatewayClock(0);
  const seen = { beats: 0, limit: 0 };
  const hold = holdConnection({
    plan: { kind: 'interim', limit: 60_000, after: 15_000, every: 15_000, ...plan },
    clock,
    onBeat: () => void (seen.beats += 1),
    onLimit: () => void (seen.limit += 1),
  });
  return { clock, seen, hold };
}

// field 16
test('silence, then a sign of life at every interval, then the limit, and no timer is left', async () => {
  const { clock, seen } = setUp({});
  await clock.advance(14_999);
  expect(seen).toEqual({ beats: 0, limit: 0 });
  await clock.advance(1);
  expect(seen.beats).toBe(1);
  await clock.advance(30_000);
  expect(seen).toEqual({ beats: 3, limit: 0 });
  await clock.advance(15_000);
  expect(seen).toEqual({ beats: 3, limit: 1 });
  expect(clock.pending()).toBe(0);
});

test('the first may come earlier than the others', async () => {
  const { clock, seen } = setUp({ kind: 'stream', after: 5000 });
  await clock.advance(5000);
  expect(seen.beats).toBe(1);
  await clock.advance(14_999);
  expect(seen.beats).toBe(1);
  await clock.advance(1);
  expect(seen.beats).toBe(2);
});

test('nothing but the limit for clients that take no signs of life', async () => {
  const { clock, seen } = setUp({ kind: 'none' });
  expect(clock.pending()).toBe(1);
  await clock.advance(60_000);
  expect(seen).toEqual({ beats: 0, limit: 1 });
});

test('release ends it', async () => {
  const { clock, seen, hold } = setUp({});
  await clock.advance(20_000);
  hold.release();
  expect(clock.pending()).toBe(0);
  await clock.advance(100_000);
  expect(seen).toEqual({ beats: 1, limit: 0 });
});
