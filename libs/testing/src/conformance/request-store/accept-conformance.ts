import { describe, expect, it } from '@jest/globals';
import { tenantId, type TenantId } from '@batch-gpt/contracts';
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
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { countWins, runAtOnce } from '../run-at-once.ts';
import { endSamples, readBodies } from './steps.ts';

const group = sampleGroup();

/** lookup, insert. */
export function acceptConformance(open: OpenEmptyStores): void {
  describe('lookup and insert', () => {
    it(
      'finds nothing in an empty store',
      withStores(open, async ({ requests }) => {
        expect((await requests.lookup([])).rows).toEqual(new Map());
        expect((await requests.lookup([sampleKey(1)])).rows).toEqual(new Map());
        expect(await requests.insert([])).toEqual(new Set());
      }),
    );

    it(
      'reads an inserted row back in every field, without its body',
      withStores(open, async ({ requests }) => {
        const row = sampleRequest(1, {
          endpoint: '/v1/embeddings',
          tokens: 7,
          inputs: 3,
          shareable: false,
          limited: true,
          cacheTtl: 0,
          base: sampleKey(99),
          retry: 2,
          model: 'ünïcode/model:1.5 "x"',
        });
        const { body: _, ...facts } = row;
        expect(await requests.insert([row])).toEqual(new Set([row.key]));
        const { rows: found } = await requests.lookup([row.key, sampleKey(2)]);
        const accepted = { state: 'accepted', batchId: null, outcome: null, reuseUntil: null, attempt: 0, rounds: 0 };
        expect(found).toEqual(new Map([[row.key, { ...facts, ...accepted }]]));
      }),
    );

    it(
      "looks up one tenant's rows as if there were no others",
      withStores(open, async ({ requests }) => {
        const stranger = tenantId.parse('stranger');
        await requests.insert([sampleRequest(1), sampleRequest(2, { tenant: stranger }), sampleRequest(3)]);
        const keys = [1, 2, 3, 4].map(sampleKey);
        const keysOf = async (tenant: TenantId) => {
          const { rows, rest } = await requests.lookup(keys, undefined, tenant);
          expect(rest).toEqual([]);
          return [...rows.keys()].toSorted();
        };
        expect(await keysOf(sampleTenant)).toEqual([1, 3].map(sampleKey));
        expect(await keysOf(stranger)).toEqual([sampleKey(2)]);
        expect(await keysOf(tenantId.parse('nobody'))).toEqual([]);
      }),
    );

    it(
      'leaves a key that exists alone',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1, { body: '{"first":true}' })]);
        const again = sampleRequest(1, { body: '{"second":true}', acceptedAt: sampleTime + 9999, tokens: 1 });
        expect(await requests.insert([again, sampleRequest(2)])).toEqual(new Set([sampleKey(2)]));
        expect((await requests.lookup([again.key])).rows.get(again.key)).toMatchObject({ acceptedAt: sampleTime + 1 });
        expect((await readBodies(requests, sampleBatchId(1), group)).get(again.key)).toBe('{"first":true}');
      }),
    );

    it(
      'inserts a key once that is named twice in a call',
      withStores(open, async ({ requests }) => {
        const inserted = await requests.insert([sampleRequest(1), sampleRequest(1), sampleRequest(2)]);
        expect(inserted).toEqual(new Set([sampleKey(1), sampleKey(2)]));
        expect(await requests.oldestAccepted(group, 10, null)).toHaveLength(2);
      }),
    );

    it(
      'does not insert over an ended row',
      withStores(open, async ({ requests }) => {
        await endSamples(requests, [sampleRequest(1)], sampleOutcome());
        expect(await requests.insert([sampleRequest(1)])).toEqual(new Set());
        expect((await requests.lookup([sampleKey(1)])).rows.get(sampleKey(1))).toMatchObject({ state: 'done' });
      }),
    );

    // seed S6
    it(
      'lets exactly one of many concurrent inserts of a key win',
      withStores(open, async ({ requests }) => {
        const results = await runAtOnce(20, (n) => requests.insert([sampleRequest(1, { body: `{"n":${n}}` })]));
        const winner = results.findIndex((set) => set.has(sampleKey(1)));
        expect(countWins(results)).toEqual(new Map([[sampleKey(1), 1]]));
        expect((await readBodies(requests, sampleBatchId(1), group)).get(sampleKey(1))).toBe(`{"n":${winner}}`);
      }),
    );

    it(
      'gives every key of overlapping concurrent inserts to exactly one call',
      withStores(open, async ({ requests }) => {
        const results = await runAtOnce(8, (n) => requests.insert(sampleRequests(60, {}, n * 20)));
        const wins = countWins(results);
        expect(wins.size).toBe(7 * 20 + 60);
        expect(new Set(wins.values())).toEqual(new Set([1]));
      }),
    );

    it(
      'takes 5,000 rows in one call and finds them in one call',
      withStores(open, async ({ requests }) => {
        const rows = sampleRequests(5000);
        const keys = rows.map((row) => row.key);
        expect((await requests.insert(rows)).size).toBe(5000);
        expect((await requests.insert(rows)).size).toBe(0);
        const { rows: found } = await requests.lookup(keys);
        expect(found.size).toBe(5000);
        expect(found.get(sampleKey(4999))).toMatchObject({ acceptedAt: sampleTime + 4999, state: 'accepted' });
      }),
    );
  });

  describe('markDelivered', () => {
    it(
      'notes delivery of ended requests only, and as often as it is told',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1)]);
        await endSamples(requests, [sampleRequest(2), sampleRequest(3)], sampleOutcome());
        await requests.markDelivered([sampleKey(1), sampleKey(2), sampleKey(404)]);
        await requests.markDelivered([sampleKey(2)]);
        await requests.markDelivered([]);
        await requests.endAccepted([sampleSettlement(sampleKey(1))]);
        const { rows: found } = await requests.lookup([1, 2, 3, 404].map(sampleKey));
        expect([1, 2, 3].map((n) => found.get(sampleKey(n)))).toMatchObject([
          { state: 'done', delivered: false },
          { state: 'done', delivered: true },
          { state: 'done', delivered: false },
        ]);
        expect(found.size).toBe(3);
      }),
    );
  });

  describe('keepUntil', () => {
    it(
      'raises an earlier expiry of ended requests, and nothing else',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1)]);
        await endSamples(requests, [sampleRequest(2), sampleRequest(3)], sampleOutcome());
        const before = (await requests.lookup([2, 3].map(sampleKey))).rows;
        const expiry = (n: number) => {
          const row = before.get(sampleKey(n));
          return row?.state === 'done' ? row.expiresAt : 0;
        };
        await requests.keepUntil([], expiry(2) + 1);
        await requests.keepUntil([sampleKey(1), sampleKey(2), sampleKey(404)], expiry(2) + 5);
        await requests.keepUntil([sampleKey(3)], expiry(3) - 5);
        const { rows: after } = await requests.lookup([1, 2, 3, 404].map(sampleKey));
        expect(after.get(sampleKey(1))?.state).toBe('accepted');
        expect(after.get(sampleKey(2))).toEqual({ ...before.get(sampleKey(2)), expiresAt: expiry(2) + 5 });
        expect(after.get(sampleKey(3))).toEqual(before.get(sampleKey(3)));
        expect(after.size).toBe(3);
        expect(await requests.removeExpired(expiry(2) + 4, 10)).toBe(1);
        expect(await requests.removeExpired(expiry(2) + 5, 10)).toBe(1);
      }),
    );
  });
}
