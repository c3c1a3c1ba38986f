import type { OwnedIdStore } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The port of owned ids on a database worker. */
export function createOwnedIdStore({ read, write }: Pick<Database, 'read' | 'write'>): OwnedIdStore {
  return {
    insert: (ids) => write('insertOwned', ids),
    find: (tenant, id) => read('findOwned', tenant, id),
    ownedAmong: async (tenant, ids) => new Set(await read('ownedAmong', tenant, ids)),
    foreignAmong: async (tenant, ids) => new Set(await read('foreignAmong', tenant, ids)),
    cancel: (tenant, id, at) => write('cancelOwned', tenant, id, at),
    remove: (tenant, id) => write('removeOwned', tenant, id),
    removeExpired: (now, limit) => write('removeExpiredOwned', now, limit),
  };
}
