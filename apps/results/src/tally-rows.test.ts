import { describe, expect, it } from '@jest/globals';
import { readResultRow } from '@batch-gpt/domain';
import { sampleBatch, sampleKey } from '@batch-gpt/testing';
import { createRowTally } from './tally-rows.ts';
import { answered, ok, snapshot, unanswered } from './testing/test-world.ts';

const batch = (lines: number) => sampleBatch(1, { sizes: { lines, bytes: 0, tokens: 0, inputs: 0 } });

describe('the tally of result rows', () => {
  it('counts first rows of keys, and everything else apart', () => {
    const tally = createRowTally(batch(2), false);
    const add = (line: string) => tally.add(readResultRow(line));

    expect([add(ok(0)), add(ok(0)), add(answered(0, 500)), add(ok(1))]).toEqual([
      sampleKey(0),
      null,
      null,
      sampleKey(1),
    ]);
    expect([add('{"custom_id":"nobody"}'), add('garbage')]).toEqual([null, null]);
    tally.skip(2);

    expect(tally.odd()).toEqual({ unreadable: 3, unknownIds: 1, repeated: 2 });
    expect(tally.billed()).toEqual({
      succeeded: 2,
      failed: 0,
      sentAgain: 0,
      inputTokens: 20,
      outputTokens: 4,
      cachedTokens: 0,
      lost: 0,
    });
  });

  it('counts lines as lost that the provider completed and gave no row of, and no others', () => {
    const lostOf = (completed: number, rows: readonly string[], lines = 5) => {
      const counts = { total: lines, completed, failed: 0 };
      const tally = createRowTally({ ...batch(lines), provider: { ...snapshot, counts } }, false);
      for (const line of rows) tally.add(readResultRow(line));
      return tally.billed().lost;
    };
    const rows = [ok(0), ok(1), answered(2, 500), unanswered(3, 'batch_expired')];
    expect(lostOf(3, rows)).toBe(1);
    expect(lostOf(2, rows)).toBe(0);
    // Never more than there are lines without a row, and none for rows that come twice.
    expect(lostOf(5, rows)).toBe(1);
    expect(lostOf(3, [...rows, ok(1)])).toBe(1);
    expect(lostOf(1, rows)).toBe(0);
    expect(lostOf(5, [])).toBe(5);
    // Counted as completed, though its status is none.
    expect(lostOf(3, [ok(0), ok(1), answered(2, 0), ok(3)], 4)).toBe(0);
    expect(lostOf(3, [ok(0), ok(1), answered(2, 0)], 4)).toBe(0);
  });

  it('counts lines that run again as waste, unless the batch was cancelled', () => {
    const rows = [ok(0), answered(1, 400), answered(2, 500), unanswered(3, 'batch_expired'), 'garbage'];
    const billed = (cancelled: boolean) => {
      const tally = createRowTally(batch(5), cancelled);
      for (const line of rows) tally.add(readResultRow(line));
      return tally.billed();
    };
    expect(billed(false)).toMatchObject({ succeeded: 1, failed: 2, sentAgain: 2 });
    expect(billed(true)).toMatchObject({ succeeded: 1, failed: 4, sentAgain: 0 });
  });
});
