import { describe, expect, test } from '@jest/globals';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { holdConnection } from './hold-connection.ts';
import { holdPlan } from './hold-plan.ts';

const settings = { max: 570_000, interimAfter: 15_000, interimEvery: 15_000 };

function setUp(plan: { readonly limit: number; readonly interim: boolean }) {
  const clock = createManualGatewayClock(0);
  const seen = { interim: 0, limit: 0 };
  const res = { writable: true, headersSent: false, writeProcessing: () => void (seen.interim += 1) };
  const hold = holdConnection({ res, plan, settings, clock, onLimit: () => void (seen.limit += 1) });
  return { clock, seen, res, hold };
}

describe('holding', () => {
  // field 16
  test('silence, then an interim answer at every interval, then the limit, and no timer is left', async () => {
    const { clock, seen } = setUp({ limit: 60_000, interim: true });
    await clock.advance(14_999);
    expect(seen).toEqual({ interim: 0, limit: 0 });
    await clock.advance(1);
    expect(seen.interim).toBe(1);
    await clock.advance(30_000);
    expect(seen).toEqual({ interim: 3, limit: 0 });
    await clock.advance(15_000);
    expect(seen).toEqual({ interim: 3, limit: 1 });
    expect(clock.pending()).toBe(0);
  });

  test('nothing but the limit for clients that take no interim answers', async () => {
    const { clock, seen } = setUp({ limit: 60_000, interim: false });
    expect(clock.pending()).toBe(1);
    await clock.advance(60_000);
    expect(seen).toEqual({ interim: 0, limit: 1 });
  });

  test('release ends it', async () => {
    const { clock, seen, hold } = setUp({ limit: 60_000, interim: true });
    await clock.advance(20_000);
    hold.release();
    expect(clock.pending()).toBe(0);
    await clock.advance(100_000);
    expect(seen).toEqual({ interim: 1, limit: 0 });
  });

  test('no interim answer once the client is gone or the answer has begun', async () => {
    const { clock, seen, res } = setUp({ limit: 60_000, interim: true });
    res.writable = false;
    await clock.advance(15_000);
    res.writable = true;
    res.headersSent = true;
    await clock.advance(15_000);
    expect(seen.interim).toBe(0);
  });
});

describe('the plan for a client', () => {
  test.each([
    [{}, { limit: 570_000, interim: false }],
    [{ 'x-stainless-lang': 'js' }, { limit: 570_000, interim: true }],
    [{ 'x-stainless-lang': 'python' }, { limit: 570_000, interim: true }],
    [{ 'x-stainless-lang': 'go' }, { limit: 570_000, interim: false }],
    [{ 'batch-hold': 'interim' }, { limit: 570_000, interim: true }],
    [{ 'x-stainless-timeout': '100' }, { limit: 95_000, interim: false }],
    [{ 'x-stainless-timeout': '600' }, { limit: 570_000, interim: false }],
    [{ 'x-stainless-timeout': '7200' }, { limit: 570_000, interim: false }],
    [{ 'x-stainless-read-timeout': '2.5' }, { limit: 2000, interim: false }],
    [
      { 'x-stainless-timeout': '60', 'x-stainless-read-timeout': '20' },
      { limit: 19_000, interim: false },
    ],
    [{ 'x-stainless-timeout': '0.4' }, { limit: 200, interim: false }],
    [{ 'x-stainless-timeout': '0' }, { limit: 570_000, interim: false }],
    [{ 'x-stainless-timeout': 'NaN' }, { limit: 570_000, interim: false }],
  ])('%j', (headers, plan) => {
    expect(holdPlan({ headers, httpVersion: '1.1' }, settings)).toEqual(plan);
  });

  test('HTTP/1.0 knows no interim answers', () => {
    expect(holdPlan({ headers: { 'x-stainless-lang': 'js' }, httpVersion: '1.0' }, settings).interim).toBe(false);
  });
});
