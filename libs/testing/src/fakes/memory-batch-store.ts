import type { BatchId } from '@batch-gpt/contracts';
import { applyMove, isLegalMove, openBatchStates } from '@batch-gpt/domain';
import type { BatchRecord, BatchStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { RunCall } from './run-call.ts';

/** All batches: what the ports on them share. */
export type MemoryBatches = Map<BatchId, BatchRecord>;

/** The batch port in memory, one call at a time. */
export function createMemoryBatchStore(run: RunCall, batches: MemoryBatches = new Map()): BatchStore {
  const store = (record: BatchRecord): BatchRecord => {
    batches.set(record.id, record);
    return record;
  };
  const held = ({ id, epoch }: { readonly id: BatchId; readonly epoch: number }): BatchRecord | null => {
    const record = batches.get(id);
    return record?.epoch === epoch ? record : null;
  };

  return {
    insert: (record) =>
      run(() => {
        if (batches.has(record.id)) throw new AppError('internal_error', 'a batch of this id exists');
        store(record);
      }),

    get: (id) => run(() => batches.get(id) ?? null),

    getMany: (ids) =>
      run(() => {
        const found = ids.map((id) => batches.get(id)).filter((record) => record !== undefined);
        return new Map(found.map((record) => [record.id, record]));
      }),

    move: (expected, move) =>
      run(() => {
        if (!isLegalMove(expected.state, move.to)) {
          throw new AppError('internal_error', `illegal move of a batch: ${expected.state} to ${move.to}`);
        }
        const record = held(expected);
        if (record?.state !== expected.state) return null;
        return record.attempt === (expected.attempt ?? record.attempt) ? store(applyMove(record, move)) : null;
      }),

    beat: (claims) =>
      run(() => {
        const lost = new Set<BatchId>();
        for (const claim of claims) {
          const record = held(claim);
          if (record && record.owner !== null) store({ ...record, beat: record.beat + 1 });
          else lost.add(claim.id);
        }
        return lost;
      }),

    takeOver: (id, epoch, owner, at) =>
      run(() => {
        const record = held({ id, epoch });
        return record && store({ ...record, owner, epoch: epoch + 1, updatedAt: at });
      }),

    release: (claims) =>
      run(() => {
        for (const record of claims.map(held)) if (record) store({ ...record, owner: null });
      }),

    open: (after, limit) =>
      run(() =>
        [...batches.values()]
          .filter((record) => openBatchStates.includes(record.state) && (after === null || record.id > after))
          .toSorted((a, b) => (a.id < b.id ? -1 : 1))
          .slice(0, limit),
      ),

    requestCancel: (id, at) =>
      run(() => {
        const record = batches.get(id);
        if (!record) return null;
        const closed = !openBatchStates.includes(record.state);
        return closed || record.cancelRequestedAt !== null ? record : store({ ...record, cancelRequestedAt: at });
      }),

    findForTenant: (tenant, text) =>
      run(() => {
        const own = [...batches.values()].filter((record) => record.tenant === tenant);
        return (
          own.find((record) => record.id === text) ?? own.find((record) => record.providerBatchId === text) ?? null
        );
      }),

    list: (tenant, after, limit) =>
      run(() => {
        const own = [...batches.values()].filter((record) => record.tenant === tenant).toSorted(newestFirst);
        const from = after === null ? 0 : own.findIndex((record) => record.id === after) + 1;
        if (after !== null && from === 0) return [];
        return own
          .slice(from)
          .filter((record) => record.state !== 'void')
          .slice(0, limit);
      }),

    ended: (state, before, limit) =>
      run(() =>
        [...batches.values()]
          .filter((record) => record.state === state && record.updatedAt < before)
          .toSorted((a, b) => a.updatedAt - b.updatedAt || (a.id < b.id ? -1 : 1))
          .slice(0, Math.max(limit, 0))
          .map(({ id }) => id),
      ),

    remove: (id, state) => run(() => batches.get(id)?.state === state && batches.delete(id)),
  };
}

function newestFirst(a: BatchRecord, b: BatchRecord): number {
  return b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1);
}
