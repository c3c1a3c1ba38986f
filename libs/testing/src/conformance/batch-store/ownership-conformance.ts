import { describe, expect, it } from '@jest/globals';
import { sampleBatch, sampleBatchId, sampleTime } from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { runAtOnce } from '../run-at-once.ts';

const id = sampleBatchId(1);
const at = sampleTime + 1000;

/** beat, takeOver, release, requestCancel. */
export function ownershipConformance(open: OpenEmptyStores): void {
  describe('beat', () => {
    it(
      'raises the beat of what is held and names what is not',
      withStores(open, async ({ batches }) => {
        for (const n of [1, 2, 3, 4]) await batches.insert(sampleBatch(n));
        await batches.takeOver(sampleBatchId(2), 1, 'owner-2', at);
        await batches.release([{ id: sampleBatchId(4), epoch: 1 }]);
        const held = [1, 2, 3, 4, 404].map((n) => ({ id: sampleBatchId(n), epoch: 1 }));
        expect(await batches.beat(held)).toEqual(new Set([2, 4, 404].map(sampleBatchId)));
        await batches.beat([{ id, epoch: 1 }]);
        expect(await batches.beat([])).toEqual(new Set());
        const beats = [1, 2, 3, 4].map(async (n) => (await batches.get(sampleBatchId(n)))?.beat);
        expect(await Promise.all(beats)).toEqual([2, 0, 1, 0]);
      }),
    );

    it(
      'counts every one of concurrent beats',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        await runAtOnce(10, () => batches.beat([{ id, epoch: 1 }]));
        expect(await batches.get(id)).toEqual(sampleBatch(1, { beat: 10 }));
      }),
    );
  });

  describe('takeOver', () => {
    it(
      'gives the batch a new owner and raises the epoch by one',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1, { state: 'submitting' }));
        const taken = await batches.takeOver(id, 1, 'owner-2', at);
        expect(taken).toMatchObject({ state: 'submitting', owner: 'owner-2', epoch: 2, updatedAt: at });
        expect(await batches.get(id)).toEqual(taken);
        expect(await batches.takeOver(id, 1, 'owner-3', at)).toBeNull();
        expect(await batches.takeOver(sampleBatchId(2), 1, 'owner-3', at)).toBeNull();
        expect(await batches.get(id)).toEqual(taken);
        const stale = { id, state: 'submitting', epoch: 1 } as const;
        expect(await batches.move(stale, { to: 'submitted', at })).toBeNull();
        expect(await batches.move({ ...stale, epoch: 2 }, { to: 'submitted', at })).not.toBeNull();
      }),
    );

    // field 14
    it(
      'is won by exactly one of many',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1, { owner: null }));
        const results = await runAtOnce(16, (n) => batches.takeOver(id, 1, `owner-${n}`, at));
        const won = results.filter((record) => record !== null);
        expect(won).toHaveLength(1);
        expect(await batches.get(id)).toEqual(won[0]);
      }),
    );
  });

  describe('release', () => {
    it(
      'gives up what is held in this epoch and nothing else',
      withStores(open, async ({ batches }) => {
        for (const n of [1, 2]) await batches.insert(sampleBatch(n));
        await batches.takeOver(sampleBatchId(2), 1, 'owner-2', at);
        await batches.release([1, 2, 404].map((n) => ({ id: sampleBatchId(n), epoch: 1 })));
        await batches.release([]);
        expect(await batches.get(id)).toMatchObject({ owner: null, epoch: 1, state: 'forming' });
        expect(await batches.get(sampleBatchId(2))).toMatchObject({ owner: 'owner-2', epoch: 2 });
        expect(await batches.takeOver(id, 1, 'owner-3', at)).toMatchObject({ owner: 'owner-3', epoch: 2 });
      }),
    );
  });

  describe('requestCancel', () => {
    it(
      'sets the flag once, whoever owns the batch',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1, { state: 'submitted' }));
        const flagged = await batches.requestCancel(id, at);
        expect(flagged).toMatchObject({ state: 'submitted', cancelRequestedAt: at, epoch: 1, owner: 'owner-1' });
        expect(await batches.requestCancel(id, at + 50)).toMatchObject({ cancelRequestedAt: at });
        expect(await batches.get(id)).toMatchObject({ cancelRequestedAt: at });
        expect(await batches.requestCancel(sampleBatchId(2), at)).toBeNull();
      }),
    );

    it(
      'leaves settled and void batches as they are',
      withStores(open, async ({ batches }) => {
        for (const [n, state] of [[1, 'settled'] as const, [2, 'void'] as const]) {
          const batch = sampleBatch(n, { state });
          await batches.insert(batch);
          expect(await batches.requestCancel(batch.id, at)).toEqual(batch);
          expect(await batches.get(batch.id)).toEqual(batch);
        }
      }),
    );
  });
}
