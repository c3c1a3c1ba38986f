import type { Ledger } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The ledger on a database worker. */
export function createLedger({ read, write }: Pick<Database, 'read' | 'write'>): Ledger {
  return {
    add: (increments) => write('addToLedger', increments),
    read: (filter, limit) => read('readLedger', filter, limit),
    removeBefore: (day, limit) => write('removeFromLedger', day, limit),
  };
}
