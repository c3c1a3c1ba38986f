import { describe, expect, it } from '@jest/globals';
import { sampleIdempotency, sampleKey, sampleTime } from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';
import { runAtOnce } from './run-at-once.ts';

const record = sampleIdempotency(1);

/** Declares Jest suites for what the idempotency port says, races included. */
export function idempotencyStoreConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as an IdempotencyStore`, () => {
    it(
      'gives the first record of an id for as long as it lives',
      withStores(open, async ({ idempotency }) => {
        expect(await idempotency.remember(record)).toEqual({ record, isNew: true });
        expect(await idempotency.remember(record)).toEqual({ record, isNew: false });
        const later = { ...record, createdAt: record.expiresAt - 1, expiresAt: record.expiresAt + 1000 };
        const other = { ...later, content: sampleKey(8), key: sampleKey(9) };
        expect(await idempotency.remember(other)).toEqual({ record, isNew: false });
        expect(await idempotency.remember(sampleIdempotency(2))).toMatchObject({ isNew: true });
      }),
    );

    it(
      'replaces a record whose time is over, also before it was removed',
      withStores(open, async ({ idempotency }) => {
        await idempotency.remember(record);
        const next = { ...record, key: sampleKey(9), createdAt: record.expiresAt, expiresAt: record.expiresAt + 1000 };
        expect(await idempotency.remember(next)).toEqual({ record: next, isNew: true });
        expect(await idempotency.remember({ ...next, key: sampleKey(10) })).toEqual({ record: next, isNew: false });
      }),
    );

    it(
      'has exactly one new record among any number of calls at once, and all learn of that one',
      withStores(open, async ({ idempotency }) => {
        const answers = await runAtOnce(40, (n) => idempotency.remember({ ...record, key: sampleKey(n) }));
        const won = answers.filter(({ isNew }) => isNew);
        expect(won).toHaveLength(1);
        for (const answer of answers) expect(answer.record).toEqual(won[0]?.record);
      }),
    );

    it(
      'has exactly one new record where an old one has run out',
      withStores(open, async ({ idempotency }) => {
        await idempotency.remember(record);
        const { expiresAt: createdAt } = record;
        const anew = { ...record, createdAt, expiresAt: createdAt + 1000 };
        const answers = await runAtOnce(40, (n) => idempotency.remember({ ...anew, key: sampleKey(100 + n) }));
        const won = answers.filter(({ isNew }) => isNew);
        expect(won).toHaveLength(1);
        for (const answer of answers) expect(answer.record).toEqual(won[0]?.record);
      }),
    );

    it(
      'removes what has run out and nothing else, no more than it is told',
      withStores(open, async ({ idempotency }) => {
        for (let n = 0; n < 7; n += 1) {
          await idempotency.remember(sampleIdempotency(n, { expiresAt: sampleTime + 100 + n }));
        }
        expect(await idempotency.removeExpired(sampleTime + 99, 10)).toBe(0);
        for (const none of [0, -1]) expect(await idempotency.removeExpired(sampleTime + 104, none)).toBe(0);
        expect(await idempotency.removeExpired(sampleTime + 104, 2)).toBe(2);
        expect(await idempotency.removeExpired(sampleTime + 104, 10)).toBe(3);
        expect(await idempotency.removeExpired(sampleTime + 104, 10)).toBe(0);
        expect(await idempotency.remember(sampleIdempotency(5))).toMatchObject({ isNew: false });
        expect(await idempotency.remember(sampleIdempotency(4))).toMatchObject({ isNew: true });
      }),
    );

    it(
      'never loses the winner to a removal at the same time',
      withStores(open, async ({ idempotency }) => {
        for (let n = 0; n < 10; n += 1) {
          await idempotency.remember(sampleIdempotency(n, { expiresAt: sampleTime + 1 }));
          const next = sampleIdempotency(n, { createdAt: sampleTime + 1, key: sampleKey(500 + n) });
          const [answer] = await Promise.all([
            idempotency.remember(next),
            idempotency.removeExpired(sampleTime + 1, 100),
          ]);
          expect(answer).toEqual({ record: next, isNew: true });
          expect(await idempotency.remember({ ...next, key: sampleKey(1) })).toEqual({ record: next, isNew: false });
        }
      }),
    );
  });
}
