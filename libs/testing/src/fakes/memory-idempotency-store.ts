import type { IdempotencyRecord, IdempotencyStore } from '@batch-gpt/domain';
import type { RunCall } from './run-call.ts';

/** The idempotency port in memory. */
export function createMemoryIdempotencyStore(run: RunCall): IdempotencyStore {
  const records = new Map<string, IdempotencyRecord>();
  return {
    remember: (record) =>
      run(() => {
        const known = records.get(record.id);
        if (known && known.expiresAt > record.createdAt) return { record: known, isNew: false };
        records.set(record.id, record);
        return { record, isNew: true };
      }),

    removeExpired: (now, limit) =>
      run(() => {
        const expired = [...records.values()].filter(({ expiresAt }) => expiresAt <= now).slice(0, Math.max(limit, 0));
        for (const { id } of expired) records.delete(id);
        return expired.length;
      }),
  };
}
