import type { WorkOverview } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The overview port on a database worker. */
export function createWorkOverview({ read }: Pick<Database, 'read'>): WorkOverview {
  return {
    pendingGroups: (limit, atMost) => read('pendingGroups', limit, atMost),
    settledSums: (from, to) => read('settledSums', from, to),
    settledBatches: (place, limit) => read('settledBatches', place ?? { at: Number.MAX_SAFE_INTEGER, id: '' }, limit),
  };
}
