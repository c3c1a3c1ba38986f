import { checkPurge, type OutcomeCache, type PurgeFilter, type RequestRecord } from '@batch-gpt/domain';
import { compareTexts, oldestFirst, type MemoryRequestRows } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';

/** The cache port on the requests in memory. */
export function createMemoryOutcomeCache(run: RunCall, rows: MemoryRequestRows): OutcomeCache {
  const records = () => [...rows.values()].map(({ record }) => record);

  return {
    purge: (filter, limit) =>
      run(() => {
        checkPurge(filter);
        const taken = records()
          .filter((record) => matches(record, filter))
          .toSorted((a, b) => compareTexts(a.tenant, b.tenant) || oldestFirst(a, b))
          .slice(0, Math.max(limit, 0));
        for (const record of taken) {
          const row = rows.get(record.key);
          if (record.state === 'done') rows.delete(record.key);
          else if (row) rows.set(record.key, { ...row, record: { ...record, outcome: null, reuseUntil: null } });
        }
        return taken.map(({ key }) => key);
      }),

    evictOldest: (doneBefore, limit) =>
      run(() => {
        const evicted = records()
          .filter((record) => record.state === 'done')
          .filter((record) => record.doneAt < doneBefore)
          .toSorted((a, b) => a.expiresAt - b.expiresAt || a.doneAt - b.doneAt)
          .slice(0, Math.max(limit, 0));
        for (const { key } of evicted) rows.delete(key);
        return evicted.map(({ key }) => key);
      }),

    storedBytes: () =>
      run(() =>
        [...rows.values()].reduce(
          (sum, { record, body }) => sum + lengthOf(body) + lengthOf(record.outcome?.body) + bytesPerRow,
          0,
        ),
      ),
  };
}

const bytesPerRow = 500;

function matches(record: RequestRecord, { tenant, keys, model, doneBefore }: PurgeFilter): boolean {
  const { outcome } = record;
  return (
    outcome !== null &&
    (tenant === undefined || record.tenant === tenant) &&
    (keys?.includes(record.key) ?? true) &&
    (model === undefined || record.model === model) &&
    (doneBefore === undefined || outcome.at < doneBefore)
  );
}

function lengthOf(text: string | null | undefined): number {
  return Buffer.byteLength(text ?? '');
}
