import { describe, expect, test } from '@jest/globals';
import { tenantId } from '@batch-gpt/contracts';
import { type LedgerEntry, type LedgerFilter } from '@batch-gpt/domain';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createLedgerThisMonth } from './ledger-this-month.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const entry: LedgerEntry = {
  ...{ tenant: tenantId.parse('a'), model: 'm', day: '', kind: 'cache_hit', calls: 1 },
  ...{ inputTokens: 2, cachedTokens: 0, outputTokens: 3 },
};

function start(at: number, countOf: (day: string) => number = () => 2) {
  const clock = createManualGatewayClock(at);
  const asked: string[] = [];
  const ledger = {
    read: ({ fromDay, toDay }: LedgerFilter, limit: number) => {
      expect(toDay).toBe(fromDay);
      asked.push(fromDay.slice(5));
      return Promise.resolve(
        Array.from({ length: Math.min(limit, countOf(fromDay)) }, () => ({ ...entry, day: fromDay })),
      );
    },
  };
  const read = createLedgerThisMonth({ ledger, within: (work) => work, clock });
  const calls = async () => {
    const { today, month } = await read();
    return [today?.map((sum) => sum.calls) ?? null, month?.map((sum) => sum.calls) ?? null];
  };
  return { clock, asked, calls, read };
}

describe('the ledger of this month', () => {
  test('is read a day at a time, those that are over once', async () => {
    const { clock, asked, calls } = start(Date.UTC(2026, 10, 3, 12));
    expect(await calls()).toEqual([[2], [6]]);
    expect(asked).toEqual(['11-01', '11-02', '11-03']);
    asked.length = 0;
    expect(await calls()).toEqual([[2], [6]]);
    expect(asked).toEqual(['11-03']);
    asked.length = 0;
    // Yesterday is not over for ten minutes.
    await clock.advance(12 * 60 * minute + minute);
    expect(await calls()).toEqual([[2], [8]]);
    expect(asked).toEqual(['11-03', '11-04']);
    asked.length = 0;
    await clock.advance(10 * minute);
    expect(await calls()).toEqual([[2], [8]]);
    expect(await calls()).toEqual([[2], [8]]);
    expect(asked).toEqual(['11-03', '11-04', '11-04']);
  });

  test('begins anew with the month', async () => {
    const { clock, asked, calls } = start(Date.UTC(2026, 10, 30, 12));
    expect(await calls()).toEqual([[2], [60]]);
    await clock.advance(day);
    asked.length = 0;
    expect(await calls()).toEqual([[2], [2]]);
    expect(asked).toEqual(['12-01']);
  });

  test('is not told where a day has more than is read', async () => {
    const { clock, calls } = start(Date.UTC(2026, 10, 2, 12), (name) => (name === '2026-11-02' ? 30_000 : 1));
    expect(await calls()).toEqual([null, null]);
    await clock.advance(day);
    expect(await calls()).toEqual([[1], null]);
  });

  test('keeps models and kinds apart, and adds their tokens', async () => {
    const { read } = start(Date.UTC(2026, 10, 1, 12));
    const { today } = await read();
    expect(today).toEqual([
      { kind: 'cache_hit', model: 'm', calls: 2, inputTokens: 4, cachedTokens: 0, outputTokens: 6 },
    ]);
  });
});
