import { describe, expect, it } from '@jest/globals';
import { busySnapshot, sampleNow } from '../testing/samples.ts';
import { summaryLines } from './summary-lines.ts';

const text = (...given: Parameters<typeof summaryLines>) =>
  summaryLines(...given).map((line) => line.map((piece) => piece.text).join(''));
const money = busySnapshot().money.today;

describe('the numbers that matter', () => {
  it('are a line each', () => {
    expect(text(busySnapshot(), { incoming: 4.25, settled: 1234, batches: 1 }, sampleNow)).toEqual([
      'requests 12 waiting · 20 in 2 batches · arriving 4.3/min · settling 1,234/min',
      'open     █████░░░░░ 50% in_progress 1 validating 1 · oldest 5m 00s',
      'trouble  batches that need an operator: 1',
      'today    1,204 lines settled, 4 failed, 2 sent again · batches completed 40 cancelled 1 expired 1',
      'month    1,204 lines settled, 4 failed, 2 sent again · batches completed 40 cancelled 1 expired 1',
      '$ today  spent $0.0000 · saved $0.0000',
      '$ month  spent $0.0000 · saved $0.0000',
      '$ saved  batch $0.0000 this month',
      'health   store up 1.0 ms · redis up 1.0 ms · processes: 1 alive, 1 silent',
      'room     0 of 10 calls held',
    ]);
  });

  it('say what is amiss', () => {
    const lines = text(
      busySnapshot({
        workers_note: 'Redis is away',
        dependencies: { store: { up: false, latency_ms: null }, redis: { up: true, latency_ms: null } },
        headroom: {
          waiters: { held: 3, free: 7, max: 10 },
          creations: [
            { account: 'main', per_hour: 2000, wait_seconds: 0 },
            { account: 'other', per_hour: 2000, wait_seconds: 90 },
          ],
        },
        money: { today: money, month: { ...money, unpriced: [{ model: 'new-model', lines: 3 }] } },
      }),
      null,
      sampleNow,
    );
    expect(lines).toContain('workers  Redis is away');
    expect(lines).toContain('unpriced new-model');
    expect(lines).toContain('health   store away · redis up · processes: 1 alive, 1 silent');
    expect(lines).toContain(
      'room     3 of 10 calls held · main: 2,000 batches an hour, room now · other: next batch in 1m 30s',
    );
    expect(lines[0]).toContain('arriving - · settling -');
  });

  it('show each saving apart', () => {
    const saved = {
      ...{ ...money, spent_usd: 3.2, batch_discount_usd: 3.1, wasted_usd: 0.1 },
      ...{ cache_hits: { calls: 3, saved_usd: 1.2 }, shared_calls: { calls: 2, saved_usd: 0.3 } },
    };
    const lines = text(busySnapshot({ money: { today: money, month: saved } }), null, sampleNow);
    expect(lines).toContain('$ month  spent $3.20 · saved $4.50');
    expect(lines).toContain('$ saved  batch $3.10 + cache $1.20 + shared $0.3000 − wasted $0.1000 this month');
  });
});
