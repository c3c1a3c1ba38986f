import { describe, expect, it } from '@jest/globals';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
  sampleTime,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { countWins, runAtOnce } from '../run-at-once.ts';
import { claimTime, collectSamples, endSamples, mustFind, readBodies } from './steps.ts';

const key = sampleKey(1);
const group = sampleGroup();
const outcome = sampleOutcome();
const doneAt = outcome.at;
const farFuture = Date.UTC(2200, 0, 1);
const anew = sampleRequest(1, {
  body: '{"anew":true}',
  acceptedAt: sampleTime + 90_000,
  group: sampleGroup('other'),
  model: 'other',
  lineBytes: 321,
  tokens: 9,
  inputs: 2,
  shareable: false,
  limited: true,
  cacheTtl: 5000,
});

/** acceptAnew. */
export function acceptAnewConformance(open: OpenEmptyStores): void {
  describe('acceptAnew', () => {
    it(
      'moves an ended row to accepted with all that is new, and zeroes what was counted',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(1)]);
        await requests.returnMembers(sampleBatchId(1), [{ key, group, attempt: 1, rounds: 4 }]);
        await requests.claim(group, sampleBatchId(2), [key], claimTime);
        await requests.settle(sampleBatchId(2), [sampleSettlement(key, outcome, 2)]);
        await requests.markDelivered([key]);
        expect(await requests.acceptAnew([{ row: anew, doneAt }])).toEqual(new Set([key]));
        const { body: _, ...facts } = anew;
        expect(await mustFind(requests, key)).toEqual({
          ...facts,
          state: 'accepted',
          batchId: null,
          attempt: 0,
          rounds: 0,
          outcome,
          reuseUntil: sampleSettlement(key, outcome).reuseUntil,
        });
        expect(await requests.oldestAccepted(group, 10, null)).toEqual([]);
        expect(await readBodies(requests, sampleBatchId(3), anew.group)).toEqual(new Map([[key, anew.body]]));
      }),
    );

    it(
      'changes nothing unless the row is done with the doneAt that was seen',
      withStores(open, async ({ requests }) => {
        await endSamples(requests, [sampleRequest(1)], outcome);
        await requests.insert([sampleRequest(2)]);
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(3, { group: sampleGroup('x') })]);
        const seen = [sampleKey(1), sampleKey(2), sampleKey(3)];
        const { rows: before } = await requests.lookup(seen);
        const moved = await requests.acceptAnew([
          { row: anew, doneAt: doneAt - 1 },
          { row: sampleRequest(2, { body: '{}' }), doneAt },
          { row: sampleRequest(3, { body: '{}' }), doneAt },
          { row: sampleRequest(404), doneAt },
        ]);
        expect(moved).toEqual(new Set());
        expect((await requests.lookup([...seen, sampleKey(404)])).rows).toEqual(before);
      }),
    );

    it(
      'keeps a shareable success, and only that',
      withStores(open, async ({ requests }) => {
        const unshareable = sampleOutcome({ shareable: false });
        const failure = sampleOutcome({ kind: 'failed', status: 400, shareable: true, usage: null });
        await endSamples(requests, [sampleRequest(1)], outcome);
        await endSamples(requests, [sampleRequest(2)], unshareable);
        await endSamples(requests, [sampleRequest(3)], failure);
        const rows = [1, 2, 3].map((n) => ({ row: sampleRequest(n), doneAt }));
        expect((await requests.acceptAnew(rows)).size).toBe(3);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ outcome, state: 'accepted' });
        expect(await mustFind(requests, sampleKey(2))).toMatchObject({ outcome: null, reuseUntil: null });
        expect(await mustFind(requests, sampleKey(3))).toMatchObject({ outcome: null, reuseUntil: null });
      }),
    );

    it(
      'lets the kept outcome answer through claim and return until the new one replaces it',
      withStores(open, async ({ requests }) => {
        await endSamples(requests, [sampleRequest(1)], outcome);
        await requests.markDelivered([key]);
        await requests.acceptAnew([{ row: sampleRequest(1), doneAt }]);
        const kept = { outcome, reuseUntil: sampleSettlement(key, outcome).reuseUntil };
        await requests.claim(group, sampleBatchId(1), [key], claimTime);
        expect(await mustFind(requests, key)).toMatchObject({ state: 'collected', ...kept });
        await requests.returnMembers(sampleBatchId(1), [{ key, group, attempt: 0, rounds: 1 }]);
        expect(await mustFind(requests, key)).toMatchObject({ state: 'accepted', ...kept });
        await requests.claim(group, sampleBatchId(2), [key], claimTime);
        const newer = sampleOutcome({ kind: 'failed', status: 500, body: '{"new":1}', at: sampleTime + 200_000 });
        await requests.settle(sampleBatchId(2), [sampleSettlement(key, newer)]);
        expect(await mustFind(requests, key)).toMatchObject({
          state: 'done',
          outcome: newer,
          doneAt: newer.at,
          delivered: false,
          reuseUntil: sampleSettlement(key, newer).reuseUntil,
        });
      }),
    );

    it(
      'has no expiry while it is open',
      withStores(open, async ({ requests }) => {
        await endSamples(requests, [sampleRequest(1)], outcome);
        await requests.acceptAnew([{ row: sampleRequest(1), doneAt }]);
        expect(await requests.removeExpired(farFuture, 10)).toBe(0);
        await requests.claim(group, sampleBatchId(1), [key], claimTime);
        expect(await requests.removeExpired(farFuture, 10)).toBe(0);
      }),
    );

    it(
      'lets exactly one of many concurrent calls run a request again',
      withStores(open, async ({ requests }) => {
        await endSamples(requests, [sampleRequest(1)], outcome);
        const results = await runAtOnce(20, (n) =>
          requests.acceptAnew([{ row: sampleRequest(1, { body: `{"n":${n}}` }), doneAt }]),
        );
        expect(countWins(results)).toEqual(new Map([[key, 1]]));
        const winner = results.findIndex((set) => set.has(key));
        expect((await readBodies(requests, sampleBatchId(1), group)).get(key)).toBe(`{"n":${winner}}`);
      }),
    );

    it(
      'does not touch a row that was run again and ended meanwhile',
      withStores(open, async ({ requests }) => {
        await endSamples(requests, [sampleRequest(1)], outcome);
        await requests.acceptAnew([{ row: sampleRequest(1), doneAt }]);
        const newer = sampleOutcome({ at: doneAt + 1 });
        await requests.endAccepted([sampleSettlement(key, newer)]);
        expect(await requests.acceptAnew([{ row: sampleRequest(1), doneAt }])).toEqual(new Set());
        expect(await mustFind(requests, key)).toMatchObject({ state: 'done', outcome: newer });
      }),
    );
  });
}
