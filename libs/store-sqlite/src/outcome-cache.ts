import type { RequestKey } from '@batch-gpt/contracts';
import { checkPurge, type OutcomeCache } from '@batch-gpt/domain';
import type { PurgePosition } from './cache-rows.ts';
import type { Database } from './database.ts';

/** The cache port on a database worker. */
export function createOutcomeCache({ read, write }: Pick<Database, 'read' | 'write'>): OutcomeCache {
  return {
    purge: async (filter, limit) => {
      checkPurge(filter);
      if (limit <= 0) return [];
      if (filter.keys) return await write('purgeKeys', filter, limit);
      const purged: RequestKey[] = [];
      for (let from: PurgePosition | null = null; purged.length < limit;) {
        const { keys, next }: { keys: readonly RequestKey[]; next: PurgePosition | null } = await write(
          'purgePage',
          filter,
          from,
          limit - purged.length,
        );
        purged.push(...keys);
        if (next === null) break;
        from = next;
      }
      return purged;
    },
    evictOldest: (doneBefore, limit, now) => write('evictOldest', doneBefore, limit, now),
    storedBytes: () => read('storedBytes'),
  };
}
