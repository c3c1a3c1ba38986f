import { describe, expect, it } from '@jest/globals';
import { tenantId } from '@batch-gpt/contracts';
import { maxPurgedKeys } from '@batch-gpt/domain';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTenant,
  sampleTime,
} from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores, type StoresUnderTest } from './open-stores.ts';
import { collectSamples, endBeside, endSamples, failureOf, mustFind } from './request-store/steps.ts';
import { runAtOnce } from './run-at-once.ts';

const stranger = tenantId.parse('a-stranger');
const outcome = sampleOutcome();
const farFuture = Date.UTC(2200, 0, 1);
const now = outcome.at + 1000;
const failure = failureOf(outcome);

/** Declares Jest suites for what the cache port says, races included. */
export function outcomeCacheConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as an OutcomeCache`, () => {
    purge(open);
    eviction(open);
  });
}

function purge(open: OpenEmptyStores): void {
  describe('purge', () => {
    it(
      'takes what matches all that is given, and nothing that has no outcome',
      withStores(open, async (stores) => {
        const { requests, cache } = stores;
        const fill = async () => {
          await endSamples(requests, [sampleRequest(1), sampleRequest(2, { model: 'b' })], outcome);
          await endSamples(requests, [sampleRequest(3, { model: 'b', tenant: stranger })], outcome);
          await endSamples(requests, [sampleRequest(4, { model: 'b' })], sampleOutcome({ at: outcome.at + 1 }));
          await requests.insert([sampleRequest(5, { model: 'b' })]);
          await collectSamples(requests, sampleBatchId(1), [
            sampleRequest(6, { model: 'b', group: sampleGroup('other') }),
          ]);
        };
        const filters = [
          [{ tenant: sampleTenant }, [1, 2, 4]],
          [{ tenant: stranger }, [3]],
          [{ tenant: tenantId.parse('nobody') }, []],
          [{ model: 'b' }, [3, 2, 4]],
          [{ model: 'b', tenant: sampleTenant }, [2, 4]],
          [{ doneBefore: outcome.at + 1 }, [3, 1, 2]],
          [{ doneBefore: outcome.at }, []],
          [{ doneBefore: outcome.at + 1, model: 'b', tenant: sampleTenant }, [2]],
          [{ keys: [4, 1, 5, 6, 404].map(sampleKey) }, [1, 4]],
          [{ keys: [1, 3].map(sampleKey), tenant: stranger }, [3]],
          [{ keys: [1, 2, 4, 4].map(sampleKey), model: 'b', doneBefore: outcome.at + 1 }, [2]],
          [{ keys: [] }, []],
        ] as const;
        for (const [filter, expected] of filters) {
          await fill();
          expect(await cache.purge(filter, 10)).toEqual(expected.map(sampleKey));
          const left = [1, 2, 3, 4, 5, 6].filter((n) => !(expected as readonly number[]).includes(n));
          expect(await existing(stores, 6)).toEqual(left);
        }
      }),
    );

    it(
      'takes the old outcome from open rows, which run on',
      withStores(open, async ({ requests, cache }) => {
        const rows = [sampleRequest(1), sampleRequest(2, { group: sampleGroup('other') })];
        await endSamples(requests, rows, outcome);
        await requests.acceptAnew(rows.map((row) => ({ row, doneAt: outcome.at })));
        await requests.claim(sampleGroup('other'), sampleBatchId(1), [sampleKey(2)], sampleTime);
        expect(await cache.purge({ tenant: sampleTenant, doneBefore: outcome.at }, 10)).toEqual([]);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ outcome });
        expect(await cache.purge({ tenant: sampleTenant, doneBefore: outcome.at + 1 }, 1)).toEqual([sampleKey(1)]);
        expect(await cache.purge({ keys: [sampleKey(2)] }, 10)).toEqual([sampleKey(2)]);
        expect(await cache.purge({ model: 'gpt-4o-mini' }, 10)).toEqual([]);
        const open = { outcome: null, reuseUntil: null };
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ state: 'accepted', ...open });
        expect(await mustFind(requests, sampleKey(2))).toMatchObject({ state: 'collected', ...open });
        const newer = sampleOutcome({ at: outcome.at + 5, body: '{"newer":1}' });
        await requests.settle(sampleBatchId(1), [sampleSettlement(sampleKey(2), newer)]);
        expect(await mustFind(requests, sampleKey(2))).toMatchObject({ state: 'done', outcome: newer });
        expect(await requests.oldestAccepted(sampleGroup(), 10, null)).toMatchObject([{ key: sampleKey(1) }]);
      }),
    );

    it(
      'takes no more than it is told, oldest first, and goes on until nothing is left',
      withStores(open, async (stores) => {
        const { requests, cache } = stores;
        await endSamples(
          requests,
          [4, 2, 9, 1, 7].map((n) => sampleRequest(n)),
          outcome,
        );
        const all = { tenant: sampleTenant };
        for (const none of [0, -1]) {
          expect(await cache.purge(all, none)).toEqual([]);
          expect(await cache.purge({ keys: [sampleKey(9)] }, none)).toEqual([]);
          expect(await cache.evictOldest(farFuture, none, now)).toEqual([]);
        }
        expect(await cache.purge(all, 2)).toEqual([1, 2].map(sampleKey));
        expect(await cache.purge({ keys: [9, 7, 4].map(sampleKey) }, 2)).toEqual([4, 7].map(sampleKey));
        expect(await cache.purge(all, 2)).toEqual([sampleKey(9)]);
        expect(await existing(stores, 9)).toEqual([]);
        expect(await requests.insert([sampleRequest(1)])).toEqual(new Set([sampleKey(1)]));
      }),
    );

    it(
      'finds what it looks for behind thousands of rows that it leaves',
      withStores(open, async ({ requests, cache }) => {
        await endSamples(requests, sampleRequests(2500), outcome);
        await endSamples(
          requests,
          [2500, 2501].map((n) => sampleRequest(n, { model: 'rare' })),
          outcome,
        );
        await endSamples(requests, [sampleRequest(3000, { model: 'rare', tenant: stranger })], outcome);
        expect(await cache.purge({ model: 'rare' }, 2)).toEqual([3000, 2500].map(sampleKey));
        expect(await cache.purge({ model: 'rare' }, 2)).toEqual([sampleKey(2501)]);
        expect(await cache.purge({ tenant: sampleTenant }, 10_000)).toHaveLength(2500);
      }),
    );

    it(
      'refuses to take everything, and too many keys',
      withStores(open, async (stores) => {
        const { requests, cache } = stores;
        await endSamples(requests, [sampleRequest(1)], outcome);
        const bug = { code: 'internal_error' };
        await expect(cache.purge({}, 10)).rejects.toMatchObject(bug);
        const keys = Array.from({ length: maxPurgedKeys + 1 }, (_, n) => sampleKey(n));
        await expect(cache.purge({ keys }, 10)).rejects.toMatchObject(bug);
        expect(await existing(stores, 1)).toEqual([1]);
        expect(await cache.purge({ keys: keys.slice(1) }, 10)).toEqual([sampleKey(1)]);
      }),
    );

    it(
      'takes an old outcome that is kept beside a younger failure',
      withStores(open, async ({ requests, cache }) => {
        await endBeside(
          requests,
          [1, 2].map((n) => sampleRequest(n)),
        );
        const doneBefore = failure.at;
        expect(await cache.purge({ doneBefore: outcome.at, tenant: sampleTenant }, 10)).toEqual([]);
        expect(await cache.purge({ doneBefore, keys: [sampleKey(1)] }, 10)).toEqual([sampleKey(1)]);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ state: 'done', outcome: failure, kept: null });
        expect(await mustFind(requests, sampleKey(2))).toMatchObject({ kept: { outcome } });
        expect(await cache.purge({ doneBefore: doneBefore + 1, tenant: sampleTenant }, 10)).toEqual(
          [1, 2].map(sampleKey),
        );
        expect((await requests.lookup([1, 2].map(sampleKey))).rows.size).toBe(0);
      }),
    );

    it(
      'takes the outcome that a row accepted anew after its failure goes on with',
      withStores(open, async ({ requests, cache }) => {
        await endBeside(requests, [sampleRequest(1)]);
        await requests.acceptAnew([{ row: sampleRequest(1), doneAt: failure.at }]);
        expect(await cache.purge({ keys: [sampleKey(1)] }, 10)).toEqual([sampleKey(1)]);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ state: 'accepted', outcome: null });
        await requests.endAccepted([sampleSettlement(sampleKey(1), failure)]);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ outcome: failure, kept: null });
      }),
    );

    it(
      'and accepting anew race: the old outcome never comes back',
      withStores(open, async ({ requests, cache }) => {
        for (let n = 0; n < 12; n += 1) {
          await endSamples(requests, [sampleRequest(n)], outcome);
          const anew = () => requests.acceptAnew([{ row: sampleRequest(n), doneAt: outcome.at }]);
          const purged = () => cache.purge({ keys: [sampleKey(n)] }, 1);
          await Promise.all(n % 2 === 0 ? [anew(), purged()] : [purged(), anew()]);
          await cache.purge({ keys: [sampleKey(n)] }, 1);
          const row = (await requests.lookup([sampleKey(n)])).rows.get(sampleKey(n));
          expect(row === undefined || (row.state === 'accepted' && row.outcome === null)).toBe(true);
        }
      }),
    );
  });
}

function eviction(open: OpenEmptyStores): void {
  describe('evictOldest', () => {
    it(
      'removes ended rows that are old enough, those first that were accepted first, however long they were to stay',
      withStores(open, async ({ requests, cache, ...stores }) => {
        const young = outcome.at + 100;
        const endAt = async (numbers: readonly number[], at: number, tenant = sampleTenant) => {
          // The older, the longer: expiry would say the opposite.
          const rows = numbers.map((n) => sampleRequest(n, { tenant }));
          await requests.insert(rows);
          await requests.endAccepted(
            rows.map(({ key, acceptedAt }) => ({
              ...sampleSettlement(key, sampleOutcome({ at })),
              expiresAt: farFuture - acceptedAt,
            })),
          );
        };
        await endAt([3, 1, 9, 6], outcome.at);
        await endAt([5, 2, 8], outcome.at, stranger);
        await endAt([0, 4], young);
        await requests.insert([sampleRequest(7)]);
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(10, { group: sampleGroup('x') })]);
        expect(await cache.evictOldest(outcome.at, 10, now)).toEqual([]);
        expect(await cache.evictOldest(young, 4, now)).toEqual([1, 2, 3, 5].map(sampleKey));
        expect(await cache.evictOldest(young, 2, now)).toEqual([6, 8].map(sampleKey));
        expect(await cache.evictOldest(young, 10, now)).toEqual([sampleKey(9)]);
        expect(await cache.evictOldest(young, 10, now)).toEqual([]);
        expect(await existing({ requests, cache, ...stores }, 10)).toEqual([0, 4, 7, 10]);
        expect(await cache.evictOldest(farFuture, 10, now)).toEqual([0, 4].map(sampleKey));
      }),
    );

    it(
      'passes over rows that are to be kept, until their time is over',
      withStores(open, async (stores) => {
        const { requests, cache } = stores;
        await endSamples(requests, sampleRequests(3), outcome);
        await requests.keepUntil([sampleKey(0), sampleKey(2)], now + 10);
        await requests.keepUntil([sampleKey(2)], now + 5);
        expect(await cache.evictOldest(farFuture, 10, now)).toEqual([sampleKey(1)]);
        await requests.acceptAnew([{ row: sampleRequest(0), doneAt: outcome.at }]);
        await requests.endAccepted([sampleSettlement(sampleKey(0), outcome)]);
        expect(await cache.evictOldest(farFuture, 10, now + 9)).toEqual([]);
        expect(new Set(await cache.evictOldest(farFuture, 10, now + 10))).toEqual(new Set([0, 2].map(sampleKey)));
      }),
    );

    it(
      'leaves a row that was accepted anew, old outcome and all',
      withStores(open, async ({ requests, cache }) => {
        await endSamples(requests, [sampleRequest(1)], outcome);
        await requests.acceptAnew([{ row: sampleRequest(1), doneAt: outcome.at }]);
        expect(await cache.evictOldest(farFuture, 10, now)).toEqual([]);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ state: 'accepted', outcome });
      }),
    );

    it(
      'removes every row once over concurrent calls',
      withStores(open, async (stores) => {
        await endSamples(stores.requests, sampleRequests(40), outcome);
        await runAtOnce(4, () => stores.cache.evictOldest(farFuture, 100, now));
        expect(await existing(stores, 40)).toEqual([]);
      }),
    );
  });

  describe('storedBytes', () => {
    it(
      'grows with what is stored and shrinks when it goes, large texts included',
      withStores(open, async ({ requests, cache }) => {
        const empty = await cache.storedBytes();
        const body = `"${'x'.repeat(60_000)}"`;
        await requests.insert(sampleRequests(100, { body }));
        const filled = await cache.storedBytes();
        expect(filled - empty).toBeGreaterThan(5_000_000);
        expect(filled - empty).toBeLessThan(20_000_000);
        const large = sampleOutcome({ body: `"${'y'.repeat(5_000_000)}"` });
        await requests.endAccepted(sampleRequests(2).map(({ key }) => sampleSettlement(key, large)));
        expect((await cache.storedBytes()) - filled).toBeGreaterThan(9_000_000);
        expect(await cache.evictOldest(farFuture, 10, now)).toHaveLength(2);
        expect(await cache.storedBytes()).toBeLessThan(filled);
        await endSamples(requests, [sampleRequest(500)], large);
        expect(await cache.purge({ tenant: sampleTenant }, 10)).toEqual([sampleKey(500)]);
        expect(await cache.storedBytes()).toBeLessThan(filled);
      }),
    );
  });
}

/** Which of the first sample keys have a row. */
async function existing({ requests }: StoresUnderTest, highest: number): Promise<number[]> {
  const numbers = Array.from({ length: highest + 1 }, (_, n) => n);
  const { rows } = await requests.lookup(numbers.map(sampleKey));
  return numbers.filter((n) => rows.has(sampleKey(n)));
}
