import { describe, expect, test } from '@jest/globals';
import { tenantId } from '@batch-gpt/contracts';
import { type SettledSum } from '@batch-gpt/domain';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createSettledThisMonth } from './settled-this-month.ts';

const hour = 3_600_000;
const day = 24 * hour;
const within = <T>(work: Promise<T>) => work;

/** An overview of one batch of one line every half hour since the beginning; notes what it is asked for. */
function createOverview(now: () => number) {
  const asked: [from: string, to: string][] = [];
  let fails = false;
  const name = (at: number) => (at > 1e15 ? 'now' : new Date(at).toISOString().slice(5, 16));
  return {
    asked,
    setFailing: (value: boolean) => {
      fails = value;
    },
    settledSums: (from: number, to: number): Promise<readonly SettledSum[]> => {
      asked.push([name(from), name(to)]);
      if (fails) return Promise.reject(new Error('away'));
      const sums: SettledSum[] = [];
      for (let at = Math.ceil(from / (hour / 2)) * (hour / 2); at < Math.min(to, now()); at += hour / 2) {
        sums.push({
          ...{ day: new Date(at).toISOString().slice(0, 10), tenant: tenantId.parse('a'), model: 'm' },
          ...{ status: 'completed', batches: 1, lines: 1, succeeded: 1, failed: 0, sentAgain: 0 },
          ...{ inputTokens: 1, cachedTokens: 0, outputTokens: 0 },
        });
      }
      return Promise.resolve(sums);
    },
  };
}

const linesOf = (sums: readonly SettledSum[]) => sums.reduce((total, { lines }) => total + lines, 0);

function start(at: number) {
  const clock = createManualGatewayClock(at);
  const overview = createOverview(() => clock.now());
  const read = createSettledThisMonth({ overview, within, clock });
  const counts = async () => {
    const { today, month } = await read();
    return [linesOf(today), linesOf(month)];
  };
  return { clock, overview, counts };
}

describe('what settled this month', () => {
  test('is read a day at a time, then only what is new', async () => {
    const { clock, overview, counts } = start(Date.UTC(2026, 10, 3, 10, 20));
    expect(await counts()).toEqual([21, 2 * 48 + 21]);
    expect(overview.asked).toEqual([
      ['11-01T00:00', '11-02T00:00'],
      ['11-02T00:00', '11-03T00:00'],
      ['11-03T00:00', '11-03T10:00'],
      ['11-03T10:00', 'now'],
    ]);
    overview.asked.length = 0;
    await clock.advance(20 * 60_000);
    expect(await counts()).toEqual([22, 2 * 48 + 22]);
    expect(overview.asked).toEqual([['11-03T10:00', 'now']]);
    overview.asked.length = 0;
    // An hour is over five minutes after its end.
    await clock.advance(24 * 60_000);
    expect(await counts()).toEqual([23, 2 * 48 + 23]);
    expect(overview.asked).toEqual([['11-03T10:00', 'now']]);
    overview.asked.length = 0;
    await clock.advance(60_000);
    expect(await counts()).toEqual([23, 2 * 48 + 23]);
    expect(overview.asked).toEqual([
      ['11-03T10:00', '11-03T11:00'],
      ['11-03T11:00', 'now'],
    ]);
  });

  test('begins anew with the day and with the month', async () => {
    const { clock, overview, counts } = start(Date.UTC(2026, 10, 29, 23, 59));
    expect(await counts()).toEqual([48, 29 * 48]);
    await clock.advance(2 * 60_000);
    expect(await counts()).toEqual([1, 29 * 48 + 1]);
    await clock.advance(day);
    overview.asked.length = 0;
    expect(await counts()).toEqual([1, 1]);
    expect(overview.asked).toEqual([['12-01T00:00', 'now']]);
  });

  test('is counted once, though the store failed in between', async () => {
    const { clock, overview, counts } = start(Date.UTC(2026, 10, 3, 10, 20));
    overview.setFailing(true);
    await expect(counts()).rejects.toThrow('away');
    overview.setFailing(false);
    expect(await counts()).toEqual([21, 2 * 48 + 21]);
    overview.setFailing(true);
    await clock.advance(2 * hour);
    await expect(counts()).rejects.toThrow('away');
    overview.setFailing(false);
    expect(await counts()).toEqual([25, 2 * 48 + 25]);
  });
});
