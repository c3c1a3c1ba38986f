import { describe, expect, it } from '@jest/globals';
import { batchState } from '@batch-gpt/contracts';
import { historyLimit, isLegalMove, type BatchChange } from '@batch-gpt/domain';
import { sampleBatch, sampleBatchId, sampleTime } from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { runAtOnce } from '../run-at-once.ts';
import { fullBatch } from './full-batch.ts';

const id = sampleBatchId(1);
const forming = { id, state: 'forming', epoch: 1 } as const;
const at = sampleTime + 1000;

/** move. */
export function movesConformance(open: OpenEmptyStores): void {
  describe('move', () => {
    it(
      'changes what it is told, notes it in the history and returns the record as it is then',
      withStores(open, async ({ batches }) => {
        const batch = sampleBatch(1);
        await batches.insert(batch);
        const sizes = { lines: 2, bytes: 300, tokens: 40, inputs: 0 };
        const moved = await batches.move(forming, { to: 'claimed', change: { sizes }, note: 'closed by time', at });
        expect(moved).toEqual({
          ...batch,
          state: 'claimed',
          sizes,
          updatedAt: at,
          history: [...batch.history, { state: 'claimed', at, note: 'closed by time' }],
        });
        expect(await batches.get(id)).toEqual(moved);
      }),
    );

    it(
      'can change every field that a change may name, and set it back',
      withStores(open, async ({ batches }) => {
        const { id: _, ...full } = fullBatch(1);
        const empty = sampleBatch(1);
        const pick = (from: Omit<typeof empty, 'id'>): Required<BatchChange> => ({
          sizes: from.sizes,
          digest: from.digest,
          inputFileId: from.inputFileId,
          inputFileCreatedAt: from.inputFileCreatedAt,
          attempt: from.attempt,
          intentAt: from.intentAt,
          fencedAt: from.fencedAt,
          providerBatchId: from.providerBatchId,
          formerProviderBatchIds: from.formerProviderBatchIds,
          provider: from.provider,
          cause: from.cause,
          namedLines: from.namedLines,
          trouble: from.trouble,
          depth: from.depth,
          billed: from.billed,
        });
        await batches.insert(empty);
        const filled = await batches.move(forming, { to: 'forming', change: pick(full), at });
        expect(filled).toEqual({ ...empty, ...pick(full), updatedAt: at });
        expect(await batches.get(id)).toEqual(filled);
        const emptied = await batches.move(forming, { to: 'forming', change: pick(empty), at });
        expect(emptied).toEqual({ ...empty, updatedAt: at });
        expect(await batches.get(id)).toEqual(emptied);
      }),
    );

    it(
      'within a state is noted only with a note',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        const silent = await batches.move(forming, { to: 'forming', change: { depth: 2 }, at });
        expect(silent).toMatchObject({ depth: 2, history: sampleBatch(1).history });
        const noted = await batches.move(forming, { to: 'forming', note: 'waiting', at });
        expect(noted?.history.slice(1)).toEqual([{ state: 'forming', at, note: 'waiting' }]);
      }),
    );

    it(
      'loses with another state, another epoch or no batch, and changes nothing',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        expect(await batches.move({ ...forming, state: 'claimed' }, { to: 'uploaded', at })).toBeNull();
        expect(await batches.move({ ...forming, epoch: 2 }, { to: 'claimed', at })).toBeNull();
        expect(await batches.move({ ...forming, epoch: 0 }, { to: 'claimed', at })).toBeNull();
        expect(await batches.move({ ...forming, id: sampleBatchId(2) }, { to: 'claimed', at })).toBeNull();
        expect(await batches.get(id)).toEqual(sampleBatch(1));
        expect(await batches.get(sampleBatchId(2))).toBeNull();
      }),
    );

    it(
      'loses with another attempt than the one it names',
      withStores(open, async ({ batches }) => {
        const submitting = sampleBatch(1, { state: 'submitting', attempt: 2 });
        await batches.insert(submitting);
        expect(await batches.move({ ...submitting, attempt: 1 }, { to: 'claimed', at })).toBeNull();
        expect(await batches.move({ ...submitting, attempt: 3 }, { to: 'claimed', at })).toBeNull();
        expect(await batches.get(id)).toEqual(submitting);
        expect(await batches.move(submitting, { to: 'claimed', at })).toMatchObject({ state: 'claimed', attempt: 2 });
      }),
    );

    it(
      'refuses every illegal move as a bug',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        for (const from of batchState.options) {
          for (const to of batchState.options.filter((state) => !isLegalMove(from, state))) {
            await expect(batches.move({ ...forming, state: from }, { to, at })).rejects.toThrow();
          }
        }
        expect(await batches.get(id)).toEqual(sampleBatch(1));
      }),
    );

    it(
      'returns the cancel flag that was set before it',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        await batches.requestCancel(id, at);
        const moved = await batches.move(forming, { to: 'claimed', at: at + 1 });
        expect(moved).toMatchObject({ state: 'claimed', cancelRequestedAt: at });
      }),
    );

    // field 23
    it(
      'remembers the latest transitions only, and clips notes',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        for (let n = 0; n < historyLimit + 5; n++) {
          await batches.move(forming, { to: 'forming', note: `note ${n}`, at: at + n });
        }
        const last = await batches.move(forming, { to: 'claimed', note: 'x'.repeat(600), at: at + 999 });
        expect(last?.history).toHaveLength(historyLimit);
        expect(last?.history.at(0)).toEqual({ state: 'forming', at: at + 6, note: 'note 6' });
        expect(last?.history.at(-1)).toEqual({ state: 'claimed', at: at + 999, note: 'x'.repeat(500) });
        expect(await batches.get(id)).toEqual(last);
      }),
    );

    it(
      'is won by exactly one of many',
      withStores(open, async ({ batches }) => {
        await batches.insert(sampleBatch(1));
        const results = await runAtOnce(16, (n) =>
          batches.move(forming, { to: n % 2 === 0 ? 'claimed' : 'void', change: { depth: n }, at: at + n }),
        );
        const won = results.filter((record) => record !== null);
        expect(won).toHaveLength(1);
        expect(await batches.get(id)).toEqual(won[0]);
      }),
    );

    it(
      'and a take-over race: the old owner moves first or not at all',
      withStores(open, async ({ batches }) => {
        for (let n = 0; n < 10; n++) {
          const batch = sampleBatch(n);
          await batches.insert(batch);
          const move = () => batches.move({ ...forming, id: batch.id }, { to: 'claimed', at });
          const takeOver = () => batches.takeOver(batch.id, 1, 'owner-2', at);
          const [moved, taken] =
            n % 2 === 0
              ? await Promise.all([move(), takeOver()])
              : (await Promise.all([takeOver(), move()])).toReversed();
          expect(taken).toMatchObject({ epoch: 2, owner: 'owner-2', state: moved ? 'claimed' : 'forming' });
          expect(await batches.get(batch.id)).toEqual(taken);
        }
      }),
    );

    it(
      'loses neither a cancel nor a beat that comes at the same time',
      withStores(open, async ({ batches }) => {
        for (let n = 0; n < 10; n++) {
          const batch = sampleBatch(n);
          await batches.insert(batch);
          await Promise.all([
            batches.requestCancel(batch.id, at),
            batches.move({ ...forming, id: batch.id }, { to: 'claimed', change: { depth: 3 }, at }),
            batches.beat([{ id: batch.id, epoch: 1 }]),
          ]);
          const all = { state: 'claimed', depth: 3, cancelRequestedAt: at, beat: 1, epoch: 1 };
          expect(await batches.get(batch.id)).toMatchObject(all);
        }
      }),
    );
  });
}
