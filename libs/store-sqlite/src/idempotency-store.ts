import type { IdempotencyStore } from '@batch-gpt/domain';
import type { Database } from './database.ts';

/** The idempotency port on a database worker. */
export function createIdempotencyStore({ write }: Pick<Database, 'write'>): IdempotencyStore {
  return {
    remember: (record) => write('remember', record),
    removeExpired: (now, limit) => write('forgetExpired', now, limit),
  };
}
