import { describe, expect, it } from '@jest/globals';
import type { RequestKey } from '@batch-gpt/contracts';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores, type StoresUnderTest } from '../open-stores.ts';
import { countWins, runAtOnce } from '../run-at-once.ts';
import { claimTime, collectSamples, endSamples, mustFind, readBodies } from './steps.ts';

const [batch, other] = [sampleBatchId(1), sampleBatchId(2)];
const group = sampleGroup();
const key = sampleKey(1);
const anyBytes = Number.MAX_SAFE_INTEGER;
const farFuture = Date.UTC(2100, 0, 1);
const megabyte = 1_000_000;

// Ten bytes and five UTF-16 units a turn, shifted by one: borders of any even length cut some character in two.
function textOf(bytes: number, mark = 'x'): string {
  return `"${`€😀é${mark}`.repeat(bytes / 10)}"`;
}

// Compared by ===: a failure prints a word, not megabytes.
async function outcomeBody({ requests }: Pick<StoresUnderTest, 'requests'>, of = key): Promise<string | undefined> {
  return (await mustFind(requests, of)).outcome?.body;
}

/** Texts of many megabytes, wherever a store keeps them: lookup, memberBodies, the moves, removeUnreferencedBodies. */
export function largeTextConformance(open: OpenEmptyStores): void {
  describe('large texts', () => {
    it.each([5, 20])('of %d MB come back byte for byte', (size) =>
      withStores(open, async (stores) => {
        const { requests } = stores;
        const [body, answer] = [textOf(size * megabyte, 'b'), textOf(size * megabyte, 'a')];
        await collectSamples(requests, batch, [sampleRequest(1, { body }), sampleRequest(2)]);
        const bodies = await requests.memberBodies(batch, null, 10, anyBytes);
        expect(bodies.map((member) => [member.key, member.body === body])).toEqual([
          [key, true],
          [sampleKey(2), false],
        ]);
        const settlements = [
          sampleSettlement(key, sampleOutcome({ body: answer })),
          sampleSettlement(sampleKey(2), sampleOutcome()),
        ];
        expect((await requests.settle(batch, settlements)).size).toBe(2);
        const { outcome } = await mustFind(requests, key);
        expect(outcome?.body === answer).toBe(true);
        expect({ ...outcome, body: '' }).toEqual(sampleOutcome({ body: '' }));
        expect(await outcomeBody(stores, sampleKey(2))).toBe(sampleOutcome().body);
      })(),
    );

    it(
      'count in full towards the size of a page of bodies',
      withStores(open, async ({ requests }) => {
        const body = textOf(5 * megabyte);
        const rows = [1, 2, 3, 4, 5].map((n) => sampleRequest(n, n === 1 || n === 4 ? {} : { body }));
        await collectSamples(requests, batch, rows);
        const pageAfter = async (after: number, limit: number, maxBytes: number) => {
          const page = await requests.memberBodies(batch, after === 0 ? null : sampleKey(after), limit, maxBytes);
          return page.map((member) => [member.key, member.body.length]);
        };
        const [one, two, three, four, five] = rows.map((row) => [row.key, row.body.length]);
        expect(await pageAfter(0, 10, 6 * megabyte)).toEqual([one, two]);
        expect(await pageAfter(2, 10, 6 * megabyte)).toEqual([three, four]);
        expect(await pageAfter(0, 10, 11 * megabyte)).toEqual([one, two, three, four]);
        expect(await pageAfter(4, 10, 1)).toEqual([five]);
        expect(await pageAfter(1, 1, anyBytes)).toEqual([two]);
        expect(await pageAfter(5, 10, anyBytes)).toEqual([]);
      }),
    );

    it(
      'end a look-up early, which goes on with the keys that it gives back',
      withStores(open, async ({ requests }) => {
        const body = textOf(5 * megabyte);
        const rows = [1, 2, 3, 4, 5].map((n) => sampleRequest(n));
        await endSamples(requests, rows, sampleOutcome({ body }));
        const keys = [1, 404, 2, 3, 405, 4, 5].map(sampleKey);
        const pagesOf = async (maxBytes: number) => {
          const found: string[] = [];
          const pages: number[] = [];
          for (let left: readonly RequestKey[] = keys; left.length > 0;) {
            const page = await requests.lookup(left, maxBytes);
            expect(page.rest.filter((one) => page.rows.has(one) || !left.includes(one))).toEqual([]);
            found.push(...page.rows.keys());
            pages.push(page.rows.size);
            expect([...page.rows.values()].every(({ outcome }) => outcome?.body === body)).toBe(true);
            left = page.rest;
          }
          return { pages: pages.filter((size) => size > 0), found: found.toSorted() };
        };
        const found = rows.map((row) => row.key).toSorted();
        expect(await pagesOf(1)).toEqual({ pages: [1, 1, 1, 1, 1], found });
        expect(await pagesOf(2 * Buffer.byteLength(body))).toEqual({ pages: [2, 2, 1], found });
        expect(await pagesOf(anyBytes)).toEqual({ pages: [5], found });
        expect((await requests.lookup(keys)).rows.size).toBe(3);
        expect(await requests.lookup([404, 405].map(sampleKey), 1)).toEqual({ rows: new Map(), rest: [] });
      }),
    );

    it(
      'keep answering after an accepting anew, until the new one replaces them',
      withStores(open, async (stores) => {
        const { requests } = stores;
        const old = textOf(5 * megabyte, 'o');
        const body = textOf(5 * megabyte, 'b');
        const fresh = textOf(5 * megabyte, 'f');
        const outcome = sampleOutcome({ body: old });
        await endSamples(requests, [sampleRequest(1)], outcome);
        expect((await requests.acceptAnew([{ row: sampleRequest(1, { body }), doneAt: outcome.at }])).size).toBe(1);
        await requests.removeUnreferencedBodies(farFuture, 100);
        expect((await outcomeBody(stores)) === old).toBe(true);
        expect((await readBodies(requests, batch, group)).get(key) === body).toBe(true);
        const newer = sampleOutcome({ body: fresh, at: outcome.at + 1 });
        expect((await requests.settle(batch, [sampleSettlement(key, newer)])).size).toBe(1);
        await requests.removeUnreferencedBodies(farFuture, 100);
        expect((await outcomeBody(stores)) === fresh).toBe(true);
      }),
    );

    it(
      'go where small ones come, and come where small ones were',
      withStores(open, async (stores) => {
        const { requests } = stores;
        const large = textOf(5 * megabyte);
        for (const [turn, text] of [large, '{"small":1}', large].entries()) {
          const outcome = sampleOutcome({ body: text, at: claimTime + turn });
          const row = sampleRequest(1, { body: text });
          if (turn === 0) await requests.insert([row]);
          else await requests.acceptAnew([{ row, doneAt: claimTime + turn - 1 }]);
          expect((await readBodies(requests, sampleBatchId(turn), group)).get(key) === text).toBe(true);
          await requests.settle(sampleBatchId(turn), [sampleSettlement(key, outcome)]);
          await requests.removeUnreferencedBodies(farFuture, 100);
          expect((await outcomeBody(stores)) === text).toBe(true);
        }
      }),
    );

    it(
      'of a loser leave the winner alone',
      withStores(open, async (stores) => {
        const { requests } = stores;
        const marks = ['a', 'b', 'c'];
        const results = await runAtOnce(3, (n) =>
          requests.insert([sampleRequest(1, { body: textOf(5 * megabyte, marks[n]) })]),
        );
        expect(countWins(results)).toEqual(new Map([[key, 1]]));
        const body = textOf(5 * megabyte, marks[results.findIndex((set) => set.has(key))]);
        await requests.removeUnreferencedBodies(farFuture, 100);
        expect((await readBodies(requests, batch, group)).get(key) === body).toBe(true);

        const answer = textOf(6 * megabyte);
        const settle = (by: typeof batch, text: string) =>
          requests.settle(by, [sampleSettlement(key, sampleOutcome({ body: text }))]);
        expect((await settle(other, textOf(5 * megabyte))).size).toBe(0);
        expect((await settle(batch, answer)).size).toBe(1);
        expect((await settle(batch, textOf(5 * megabyte))).size).toBe(0);
        await requests.removeUnreferencedBodies(farFuture, 100);
        expect((await outcomeBody(stores)) === answer).toBe(true);
      }),
    );

    it(
      'stay while a row refers to them, and go once none does',
      withStores(open, async (stores) => {
        const { requests } = stores;
        const text = textOf(5 * megabyte);
        await requests.insert([sampleRequest(1, { body: text }), sampleRequest(2, { body: text })]);
        await requests.endAccepted([sampleSettlement(key, sampleOutcome({ body: text }))]);
        await requests.removeUnreferencedBodies(farFuture, 100);
        expect((await outcomeBody(stores)) === text).toBe(true);
        expect((await readBodies(requests, batch, group)).get(sampleKey(2)) === text).toBe(true);

        await requests.settle(batch, [sampleSettlement(sampleKey(2))]);
        expect(await requests.removeExpired(farFuture, 10)).toBe(2);
        await requests.removeUnreferencedBodies(farFuture, 100);
        expect(await requests.removeUnreferencedBodies(farFuture, 100)).toBe(0);
      }),
    );
  });
}
