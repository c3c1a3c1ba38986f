import type { BatchStore } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The batch port on a database worker. */
export function createBatchStore({ read, write }: Pick<Database, 'read' | 'write'>): BatchStore {
  return {
    insert: (batch) => write('insertBatch', batch),
    get: (id) => read('getBatch', id),
    getMany: async (ids) => new Map((await read('getBatches', ids)).map((record) => [record.id, record])),
    move: (expected, move) => {
      // Callers often expect the record itself; the worker needs four fields of it.
      const { id, state, epoch, attempt } = expected;
      return write('moveBatch', { id, state, epoch, ...(attempt !== undefined && { attempt }) }, move);
    },
    beat: async (held) => new Set(await write('beatBatches', held)),
    takeOver: (id, epoch, owner, at) => write('takeOverBatch', id, epoch, owner, at),
    release: (held) => write('releaseBatches', held),
    open: (after, limit) => read('openBatches', after, limit),
    requestCancel: (id, at) => write('cancelBatch', id, at),
    findForTenant: (tenant, idOrProviderId) => read('findBatch', tenant, idOrProviderId),
    list: (tenant, after, limit) => read('listBatches', tenant, after, limit),
    ended: (state, before, limit) => read('endedBatches', state, before, limit),
    remove: (id, state) => write('removeBatch', id, state),
  };
}
