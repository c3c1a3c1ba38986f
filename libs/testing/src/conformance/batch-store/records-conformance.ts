import { describe, expect, it } from '@jest/globals';
import { tenantId, type BatchId } from '@batch-gpt/contracts';
import type { BatchRecord } from '@batch-gpt/domain';
import { sampleBatch, sampleBatchId, sampleTenant, sampleTime } from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { runAtOnce } from '../run-at-once.ts';
import { fullBatch } from './full-batch.ts';

const stranger = tenantId.parse('stranger');

/** insert, get, getMany, open, findForTenant, list, ended, remove. */
export function recordsConformance(open: OpenEmptyStores): void {
  describe('records', () => {
    it(
      'come back as they were inserted, field by field',
      withStores(open, async ({ batches }) => {
        const [fresh, full] = [sampleBatch(1), fullBatch(2)];
        await batches.insert(fresh);
        await batches.insert(full);
        expect(await batches.get(fresh.id)).toEqual(fresh);
        expect(await batches.get(full.id)).toEqual(full);
        expect(await batches.get(sampleBatchId(3))).toBeNull();
        expect(await batches.getMany([full.id, sampleBatchId(3), fresh.id])).toEqual(
          new Map([
            [fresh.id, fresh],
            [full.id, full],
          ]),
        );
        expect(await batches.getMany([])).toEqual(new Map());
      }),
    );

    it(
      'are never overwritten by an insert',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        await expect(batches.insert(sampleBatch(1, { owner: 'thief', epoch: 7 }))).rejects.toThrow();
        expect(await batches.get(sampleBatchId(1))).toEqual(sampleBatch(1));
      }),
    );
  });

  describe('open', () => {
    it(
      'pages through batches that are not settled and not void, by id',
      withStores(open, async ({ batches }) => {
        const states = ['forming', 'claimed', 'uploaded', 'submitting', 'submitted', 'ended', 'abandoned'] as const;
        const rows = [...states, 'settled' as const, 'void' as const].map((state, n) => sampleBatch(n, { state }));
        for (const row of rows.toReversed()) await batches.insert(row);
        const seen: BatchRecord[] = [];
        for (;;) {
          const page = await batches.open(seen.at(-1)?.id ?? null, 3);
          expect(page.length).toBeLessThanOrEqual(3);
          if (page.length === 0) break;
          seen.push(...page);
        }
        expect(seen).toEqual(rows.slice(0, states.length));
      }),
    );
  });

  describe('findForTenant', () => {
    it(
      "finds a tenant's own batch by either id",
      withStores(open, async ({ batches }) => {
        const batch = sampleBatch(1, { providerBatchId: 'batch_provider1' });
        await batches.insert(batch);
        await batches.insert(sampleBatch(2, { tenant: stranger, providerBatchId: 'batch_provider2' }));
        expect(await batches.findForTenant(sampleTenant, batch.id)).toEqual(batch);
        expect(await batches.findForTenant(sampleTenant, 'batch_provider1')).toEqual(batch);
        for (const id of [sampleBatchId(2), 'batch_provider2', '', 'batch_nothing', '__proto__', "' OR 1=1 --"]) {
          expect(await batches.findForTenant(sampleTenant, id)).toBeNull();
        }
      }),
    );
  });

  describe('ended and remove', () => {
    it(
      'give and remove old records of a state, oldest first',
      withStores(open, async ({ batches }) => {
        const at = (n: number, state: BatchRecord['state'], updatedAt: number) =>
          batches.insert(sampleBatch(n, { state, updatedAt }));
        for (const [n, late] of [5, 1, 3, 3, 9].entries()) await at(n, 'settled', sampleTime + late);
        for (const [n, state] of (['void', 'abandoned', 'ended', 'forming'] as const).entries()) {
          await at(10 + n, state, sampleTime);
        }
        expect(await batches.ended('settled', sampleTime + 1, 10)).toEqual([]);
        expect(await batches.ended('settled', sampleTime + 9, 3)).toEqual([1, 2, 3].map(sampleBatchId));
        expect(await batches.ended('settled', sampleTime + 9, 10)).toEqual([1, 2, 3, 0].map(sampleBatchId));
        for (const none of [0, -1]) expect(await batches.ended('settled', sampleTime + 9, none)).toEqual([]);
        expect(await batches.ended('void', sampleTime + 9, 10)).toEqual([sampleBatchId(10)]);
        for (const n of [10, 11, 12, 13, 404]) expect(await batches.remove(sampleBatchId(n), 'settled')).toBe(false);
        expect(await batches.remove(sampleBatchId(1), 'void')).toBe(false);
        const removed = await runAtOnce(6, () => batches.remove(sampleBatchId(1), 'settled'));
        expect(removed.filter((wasThere) => wasThere)).toHaveLength(1);
        expect(await batches.remove(sampleBatchId(10), 'void')).toBe(true);
        expect(await batches.get(sampleBatchId(1))).toBeNull();
        expect(await batches.ended('settled', sampleTime + 99, 10)).toEqual([2, 3, 0, 4].map(sampleBatchId));
        expect(await batches.getMany([10, 11, 12, 13].map(sampleBatchId))).toHaveProperty('size', 3);
      }),
    );
  });

  describe('list', () => {
    const idsOf = (page: readonly BatchRecord[]): BatchId[] => page.map((record) => record.id);

    it(
      "pages through a tenant's batches, newest first, ties by id, without void ones",
      withStores(open, async ({ batches }) => {
        const at = (n: number, createdAt: number, more: Partial<BatchRecord> = {}) =>
          batches.insert(sampleBatch(n, { createdAt, ...more }));
        for (const n of [3, 1, 2, 4]) await at(n, sampleTime + 100);
        await at(9, sampleTime);
        await at(0, sampleTime + 200, { state: 'settled' });
        await at(5, sampleTime + 100, { state: 'void' });
        await at(6, sampleTime + 100, { tenant: stranger });
        const seen: BatchId[] = [];
        for (;;) {
          const page = await batches.list(sampleTenant, seen.at(-1) ?? null, 2);
          expect(page.length).toBeLessThanOrEqual(2);
          if (page.length === 0) break;
          seen.push(...idsOf(page));
        }
        expect(seen).toEqual([0, 4, 3, 2, 1, 9].map(sampleBatchId));
      }),
    );

    it(
      'goes on after a batch that became void meanwhile, and gives nothing after an unknown one',
      withStores(open, async ({ batches }) => {
        for (const n of [1, 2, 3]) await batches.insert(sampleBatch(n));
        await batches.insert(sampleBatch(4, { tenant: stranger }));
        await batches.move({ id: sampleBatchId(2), state: 'forming', epoch: 1 }, { to: 'void', at: sampleTime });
        expect(idsOf(await batches.list(sampleTenant, sampleBatchId(2), 10))).toEqual([sampleBatchId(1)]);
        expect(await batches.list(sampleTenant, sampleBatchId(77), 10)).toEqual([]);
        expect(await batches.list(sampleTenant, sampleBatchId(4), 10)).toEqual([]);
      }),
    );
  });
}
