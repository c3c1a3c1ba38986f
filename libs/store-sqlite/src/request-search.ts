import type { RequestSearch } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The search port on a database worker. */
export function createRequestSearch({ read }: Pick<Database, 'read'>): RequestSearch {
  return {
    keyedLike: (beginning, after, limit) => read('requestsKeyedLike', beginning, after, limit),
    tenants: (after, limit) => read('tenantsWithRequests', after, limit),
    acceptedBefore: (tenant, place, since, limit) =>
      read('requestsAcceptedBefore', tenant, place ?? { at: Number.MAX_SAFE_INTEGER, id: '' }, since, limit),
  };
}
