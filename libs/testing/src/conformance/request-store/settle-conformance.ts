import { describe, expect, it } from '@jest/globals';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTime,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { countWins, runAtOnce } from '../run-at-once.ts';
import { claimTime, collectSamples, endSamples, mustFind, readBodies } from './steps.ts';

const group = sampleGroup();
const [batch, other] = [sampleBatchId(1), sampleBatchId(2)];
const key = sampleKey(1);

/** settle, returnMembers, endAccepted. */
export function settleConformance(open: OpenEmptyStores): void {
  describe('settle', () => {
    it(
      'ends members of the batch with everything the outcome says',
      withStores(open, async ({ requests }) => {
        const row = sampleRequest(1);
        await collectSamples(requests, batch, [row]);
        const outcome = sampleOutcome({ batchId: batch });
        const settlement = sampleSettlement(key, outcome, 2);
        expect(await requests.settle(batch, [settlement])).toEqual(new Set([key]));
        const { body: _, ...facts } = row;
        expect(await mustFind(requests, key)).toEqual({
          ...facts,
          state: 'done',
          batchId: batch,
          collectedAt: claimTime,
          attempt: 2,
          rounds: 0,
          outcome,
          doneAt: outcome.at,
          reuseUntil: settlement.reuseUntil,
          expiresAt: settlement.expiresAt,
          delivered: false,
          kept: null,
        });
      }),
    );

    it(
      'keeps a failure without usage and provider id as it is',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, [sampleRequest(1)]);
        const outcome = sampleOutcome({
          kind: 'failed',
          status: 400,
          shareable: false,
          usage: null,
          providerRequestId: null,
          batchId: null,
        });
        await requests.settle(batch, [sampleSettlement(key, outcome)]);
        expect(await mustFind(requests, key)).toMatchObject({ state: 'done', outcome, batchId: batch });
      }),
    );

    it(
      'changes nothing the second time',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, [sampleRequest(1)]);
        await requests.settle(batch, [sampleSettlement(key)]);
        await requests.markDelivered([key]);
        const before = await mustFind(requests, key);
        const again = sampleOutcome({ body: '{"late":1}', at: sampleTime + 99_999 });
        expect(await requests.settle(batch, [sampleSettlement(key, again)])).toEqual(new Set());
        expect(await mustFind(requests, key)).toEqual(before);
      }),
    );

    it(
      'touches no row that the batch does not hold',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, [sampleRequest(1)]);
        await requests.returnMembers(batch, [{ key, group, attempt: 0, rounds: 1 }]);
        expect(await requests.settle(batch, [sampleSettlement(key)])).toEqual(new Set());
        await requests.claim(group, other, [key], claimTime);
        const held = await mustFind(requests, key);
        expect(await requests.settle(batch, [sampleSettlement(key), sampleSettlement(sampleKey(404))])).toEqual(
          new Set(),
        );
        expect(await requests.returnMembers(batch, [{ key, group, attempt: 9, rounds: 9 }])).toEqual(new Set());
        expect(await mustFind(requests, key)).toEqual(held);
        expect((await requests.lookup([sampleKey(404)])).rows).toEqual(new Map());
        expect(await requests.settle(other, [])).toEqual(new Set());
      }),
    );

    it(
      'lets exactly one of concurrent settlements of a row win',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, sampleRequests(50));
        const outcomes = Array.from({ length: 8 }, (_, n) => sampleOutcome({ body: `{"n":${n}}` }));
        const results = await Promise.all(
          outcomes.map((outcome) =>
            requests.settle(
              batch,
              sampleRequests(50).map((row) => sampleSettlement(row.key, outcome)),
            ),
          ),
        );
        const wins = countWins(results);
        expect(wins.size).toBe(50);
        expect(new Set(wins.values())).toEqual(new Set([1]));
        const { rows: found } = await requests.lookup([...wins.keys()]);
        for (const [won, record] of found) {
          const winner = results.findIndex((set) => set.has(won));
          expect(record.outcome).toEqual(outcomes[winner]);
        }
      }),
    );

    it(
      'and returning race for a row: exactly one of them gets it',
      withStores(open, async ({ requests }) => {
        const rows = sampleRequests(60);
        await collectSamples(requests, batch, rows);
        const results = await runAtOnce(6, (n) =>
          n % 2 === 0
            ? requests.settle(
                batch,
                rows.slice(n * 10).map((row) => sampleSettlement(row.key)),
              )
            : requests.returnMembers(
                batch,
                rows.map((row) => ({ key: row.key, group, attempt: 1, rounds: 1 })),
              ),
        );
        const wins = countWins(results);
        expect(wins.size).toBe(60);
        expect(new Set(wins.values())).toEqual(new Set([1]));
        const settled = new Set(results.filter((_, n) => n % 2 === 0).flatMap((set) => [...set]));
        const { rows: found } = await requests.lookup([...wins.keys()]);
        for (const [won, record] of found) expect(record.state).toBe(settled.has(won) ? 'done' : 'accepted');
      }),
    );
  });

  describe('settleLate', () => {
    const late = () => [sampleSettlement(key, sampleOutcome({ batchId: batch }))];
    const failure = sampleOutcome({ kind: 'failed', status: 502, shareable: false, batchId: batch });

    it(
      'gives a late result to a row that waits again',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1)]);
        expect(await requests.settleLate(batch, late())).toEqual(new Set([key]));
        expect(await mustFind(requests, key)).toMatchObject({ state: 'done', outcome: { kind: 'succeeded' } });
      }),
    );

    it(
      'replaces the failure that its own batch stored, and no other outcome',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, [sampleRequest(1)]);
        await requests.settle(batch, [sampleSettlement(key, failure)]);
        expect(await requests.settleLate(other, late())).toEqual(new Set());
        expect(await requests.settleLate(batch, late())).toEqual(new Set([key]));
        const { outcome } = await mustFind(requests, key);
        expect(outcome).toMatchObject({ kind: 'succeeded' });
        expect(await requests.settleLate(batch, late())).toEqual(new Set());
      }),
    );

    it(
      'never touches a row that another batch holds',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, other, [sampleRequest(1)]);
        expect(await requests.settleLate(batch, late())).toEqual(new Set());
        expect(await mustFind(requests, key)).toMatchObject({ state: 'collected', batchId: other });
      }),
    );
  });

  describe('returnMembers', () => {
    it(
      'puts members back where they were accepted, in the group and with the counts it is told',
      withStores(open, async ({ requests }) => {
        const row = sampleRequest(1);
        await collectSamples(requests, batch, [row]);
        const half = sampleGroup('gpt-4o-mini', '01');
        expect(await requests.returnMembers(batch, [{ key, group: half, attempt: 1, rounds: 2 }])).toEqual(
          new Set([key]),
        );
        const { body: _, ...facts } = row;
        expect(await mustFind(requests, key)).toEqual({
          ...facts,
          group: half,
          state: 'accepted',
          batchId: null,
          attempt: 1,
          rounds: 2,
          outcome: null,
          reuseUntil: null,
        });
        expect(await requests.oldestAccepted(half, 10, null)).toMatchObject([{ key, acceptedAt: row.acceptedAt }]);
        expect(await readBodies(requests, other, half)).toEqual(new Map([[key, row.body]]));
        expect(await requests.returnMembers(batch, [])).toEqual(new Set());
      }),
    );
  });

  describe('endAccepted', () => {
    it(
      'ends accepted rows without a batch, and no others',
      withStores(open, async ({ requests }) => {
        const row = sampleRequest(1);
        await requests.insert([row]);
        await collectSamples(requests, batch, [sampleRequest(2, { group: sampleGroup('x') })]);
        await endSamples(requests, [sampleRequest(3)], sampleOutcome());
        const { rows: before } = await requests.lookup([sampleKey(2), sampleKey(3)]);
        const outcome = sampleOutcome({ kind: 'failed', status: 503, usage: null, at: sampleTime + 500 });
        const settlements = [1, 2, 3, 404].map((n) => sampleSettlement(sampleKey(n), outcome, 0));
        expect(await requests.endAccepted(settlements)).toEqual(new Set([key]));
        const { body: _, ...facts } = row;
        expect(await mustFind(requests, key)).toEqual({
          ...facts,
          state: 'done',
          batchId: null,
          collectedAt: null,
          attempt: 0,
          rounds: 0,
          outcome,
          doneAt: outcome.at,
          reuseUntil: settlements[0]?.reuseUntil,
          expiresAt: settlements[0]?.expiresAt,
          delivered: false,
          kept: null,
        });
        expect((await requests.lookup([sampleKey(2), sampleKey(3)])).rows).toEqual(before);
        expect(await requests.endAccepted([])).toEqual(new Set());
      }),
    );

    it(
      'lets exactly one of concurrent endings of a row win',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1)]);
        const results = await runAtOnce(10, (n) =>
          requests.endAccepted([sampleSettlement(key, sampleOutcome({ body: `{"n":${n}}` }))]),
        );
        expect(countWins(results)).toEqual(new Map([[key, 1]]));
        const winner = results.findIndex((set) => set.has(key));
        expect(await mustFind(requests, key)).toMatchObject({ outcome: { body: `{"n":${winner}}` } });
      }),
    );
  });
}
