import { describe, expect, it } from '@jest/globals';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores, type StoresUnderTest } from '../open-stores.ts';
import { claimTime, collectSamples, endBeside, endSamples, failureOf, mustFind } from './steps.ts';

const key = sampleKey(1);
const row = sampleRequest(1);
const group = sampleGroup();
const [first, second] = [sampleBatchId(1), sampleBatchId(2)];
const outcome = sampleOutcome();
const failure = failureOf(outcome);
const later = sampleOutcome({ at: failure.at + 10_000, body: '{"later":true}' });
const { reuseUntil } = sampleSettlement(key, outcome);
const kept = { outcome, reuseUntil };

/** A failure stands beside a shareable success. */
export function besideConformance(open: OpenEmptyStores): void {
  describe('a failure after a shareable success', () => {
    /** The row runs again in a batch. */
    const runAgain = async ({ requests }: StoresUnderTest, doneAt: number) => {
      await requests.acceptAnew([{ row, doneAt }]);
      await requests.claim(group, second, [key], claimTime);
    };

    it(
      'is the outcome of the row; the success is kept beside it for as long as it answers',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await collectSamples(requests, first, [row]);
        await requests.settle(first, [sampleSettlement(key, outcome)]);
        await runAgain(stores, outcome.at);
        expect(await mustFind(requests, key)).toMatchObject({ state: 'collected', outcome, reuseUntil });
        const settlement = sampleSettlement(key, failure);
        expect(settlement.expiresAt).toBeLessThan(reuseUntil);
        expect(await requests.settle(second, [settlement])).toEqual(new Set([key]));
        expect(await mustFind(requests, key)).toMatchObject({
          ...{ state: 'done', batchId: second, outcome: failure, doneAt: failure.at, kept },
          ...{ reuseUntil: settlement.reuseUntil, expiresAt: reuseUntil },
        });
        expect(await requests.removeExpired(reuseUntil - 1, 10)).toBe(0);
        expect(await requests.removeExpired(reuseUntil, 10)).toBe(1);
      }),
    );

    it(
      'whichever way it ended',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await endBeside(requests, [row]);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: failure, kept });
        const again = failureOf(failure);
        await requests.acceptAnew([{ row, doneAt: failure.at }]);
        await requests.settleLate(second, [sampleSettlement(key, again)]);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: again, kept, expiresAt: reuseUntil });
      }),
    );

    it(
      'lets the success answer again in the next run, and stay through the next failure',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await endBeside(requests, [row]);
        await runAgain(stores, failure.at);
        expect(await mustFind(requests, key)).toMatchObject({ state: 'collected', outcome, reuseUntil });
        const again = failureOf(failure);
        await requests.settle(second, [sampleSettlement(key, again)]);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: again, kept });
      }),
    );

    it(
      'is gone with what is kept once a run succeeds',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await endBeside(requests, [row]);
        await runAgain(stores, failure.at);
        await requests.settle(second, [sampleSettlement(key, later)]);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: later, kept: null });
        await runAgain(stores, later.at);
        await requests.settle(second, [sampleSettlement(key, failureOf(later))]);
        expect(await mustFind(requests, key)).toMatchObject({ kept: { outcome: later } });
      }),
    );

    it(
      'is replaced by a late success of its own batch, and what was kept goes',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await endSamples(requests, [row], outcome);
        await runAgain(stores, outcome.at);
        await requests.settle(second, [sampleSettlement(key, failure)]);
        await requests.settleLate(second, [sampleSettlement(key, failureOf(failure))]);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: failureOf(failure), kept });
        await requests.settleLate(second, [sampleSettlement(key, later)]);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: later, kept: null });
      }),
    );

    it(
      'keeps nothing that may not be shared, and no older failure',
      withStores(open, async (stores) => {
        const { requests } = stores;
        for (const old of [
          { ...outcome, shareable: false },
          { ...failure, at: outcome.at },
        ]) {
          await endSamples(requests, [row], old);
          await runAgain(stores, old.at);
          await requests.settle(second, [sampleSettlement(key, failure)]);
          expect(await mustFind(requests, key)).toMatchObject({ outcome: failure, kept: null });
          await requests.removeExpired(Number.MAX_SAFE_INTEGER, 10);
        }
      }),
    );

    it(
      'leaves large texts of both whole, through a sweep of texts too',
      withStores(open, async (stores) => {
        const { requests } = stores;
        const large = { ...outcome, body: `"${'k'.repeat(5_000_000)}"` };
        await endSamples(requests, [row], large);
        await runAgain(stores, large.at);
        const largeFailure = { ...failure, body: `"${'f'.repeat(5_000_000)}"` };
        await requests.settle(second, [sampleSettlement(key, largeFailure)]);
        await requests.removeUnreferencedBodies(Date.now() + 60_000, 100);
        expect(await mustFind(requests, key)).toMatchObject({ outcome: largeFailure, kept: { outcome: large } });
        await requests.acceptAnew([{ row, doneAt: largeFailure.at }]);
        expect(await mustFind(requests, key)).toMatchObject({ state: 'accepted', outcome: large });
      }),
    );

    it(
      'shows in listings as what it is, without any text',
      withStores(open, async ({ requests, listing, search }) => {
        await endBeside(requests, [row]);
        const page = await listing.list(row.tenant, { state: null, model: null }, null, 10);
        const { body: _, ...facts } = failure;
        expect(page?.found).toMatchObject([{ key, state: 'done', outcome: facts }]);
        const [found] = await search.keyedLike(key, null, 10);
        expect(found).toEqual(page?.found[0]);
        expect(JSON.stringify(found)).not.toContain('chatcmpl');
      }),
    );
  });

  describe('a failure that is stored beside a success', () => {
    const rows = Array.from({ length: 12 }, (_, n) => sampleRequest(n));
    const failed = rows.map((each) => sampleSettlement(each.key, failure));
    /** Rows that run again after their success. */
    const startRuns = async ({ requests }: StoresUnderTest) => {
      await endSamples(requests, rows, outcome);
      await requests.acceptAnew(rows.map((each) => ({ row: each, doneAt: outcome.at })));
    };
    const claimAll = ({ requests }: StoresUnderTest) =>
      requests.claim(
        group,
        second,
        rows.map((each) => each.key),
        claimTime,
      );

    it(
      'never takes the success out of sight, whoever looks and however often it is stored',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await startRuns(stores);
        await claimAll(stores);
        const look = async () => {
          const { rows: found } = await requests.lookup(rows.map((each) => each.key));
          return [...found.values()].map((each) => (each.state === 'done' ? each.kept?.outcome : each.outcome));
        };
        const settle = () => requests.settle(second, failed);
        const [before, once, during, twice, after] = await Promise.all([look(), settle(), look(), settle(), look()]);
        expect(once.size + twice.size).toBe(rows.length);
        for (const seen of [before, during, after, await look()]) expect(seen).toEqual(rows.map(() => outcome));
      }),
    );

    it(
      'and a claim race: one of them wins, and the success stays',
      withStores(open, async (stores) => {
        const { requests } = stores;
        await startRuns(stores);
        const [ended, claimed] = await Promise.all([requests.endAccepted(failed), claimAll(stores)]);
        expect(ended.size + claimed).toBe(rows.length);
        const { rows: found } = await requests.lookup(rows.map((each) => each.key));
        for (const each of found.values()) {
          expect(each).toMatchObject(
            ended.has(each.key) ? { outcome: failure, kept } : { state: 'collected', outcome },
          );
        }
      }),
    );

    it(
      'and a purge race: what was purged never comes back',
      withStores(open, async (stores) => {
        const { requests, cache } = stores;
        await startRuns(stores);
        await claimAll(stores);
        await Promise.all(
          failed.flatMap((settlement, n) => {
            const settle = () => requests.settle(second, [settlement]);
            const purge = () => cache.purge({ keys: [settlement.key] }, 1);
            return n % 2 === 0 ? [settle(), purge()] : [purge(), settle()];
          }),
        );
        const { rows: found } = await requests.lookup(rows.map((each) => each.key));
        for (const each of found.values()) expect(each).toMatchObject({ state: 'done', outcome: failure, kept: null });
      }),
    );
  });

  describe('what a call that asks anew leaves', () => {
    it(
      'is told of its row in every state',
      withStores(open, async ({ requests }) => {
        const asking = { ...row, asksAnew: true };
        await requests.insert([asking, sampleRequest(2)]);
        expect(await mustFind(requests, key)).toMatchObject({ asksAnew: true });
        expect(await mustFind(requests, sampleKey(2))).toMatchObject({ asksAnew: false });
        await requests.endAccepted([key, sampleKey(2)].map((ended) => sampleSettlement(ended, outcome)));
        expect(await mustFind(requests, key)).toMatchObject({ state: 'done', asksAnew: true });
        await requests.acceptAnew([
          { row, doneAt: outcome.at },
          { row: sampleRequest(2, { asksAnew: true }), doneAt: outcome.at },
        ]);
        expect(await mustFind(requests, key)).toMatchObject({ asksAnew: false });
        expect(await mustFind(requests, sampleKey(2))).toMatchObject({ asksAnew: true });
      }),
    );
  });
}
