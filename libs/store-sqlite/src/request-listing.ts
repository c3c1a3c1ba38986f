import type { RequestListing } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The listing port on a database worker. */
export function createRequestListing({ read }: Pick<Database, 'read'>): RequestListing {
  return { list: (tenant, filter, after, limit) => read('listRequests', tenant, filter, after, limit) };
}
