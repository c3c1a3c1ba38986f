import { checkPurge, type Outcome, type OutcomeCache, type PurgeFilter, type RequestRecord } from '@batch-gpt/domain';
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
          if (record.state !== 'done') {
            if (row) rows.set(record.key, { ...row, record: { ...record, outcome: null, reuseUntil: null } });
          } else if (isOlder(record.outcome, filter)) rows.delete(record.key);
          else if (row) rows.set(record.key, { ...row, record: { ...record, kept: null } });
        }
        return taken.map(({ key }) => key);
      }),

    evictOldest: (doneBefore, limit, now) =>
      run(() => {
        const evicted = records()
          .filter((record) => record.state === 'done')
          .filter((record) => Math.max(record.doneAt, record.acceptedAt) < doneBefore)
          .filter(({ key }) => (rows.get(key)?.namedUntil ?? 0) <= now)
          .toSorted((a, b) => a.acceptedAt - b.acceptedAt)
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

function matches(record: RequestRecord, filter: PurgeFilter): boolean {
  const { tenant, keys, model } = filter;
  const stored = [record.outcome, record.state === 'done' ? (record.kept?.outcome ?? null) : null];
  return (
    stored.some((outcome) => outcome !== null && isOlder(outcome, filter)) &&
    (tenant === undefined || record.tenant === tenant) &&
    (keys?.includes(record.key) ?? true) &&
    (model === undefined || record.model === model)
  );
}

const isOlder = ({ at }: Outcome, { doneBefore }: PurgeFilter): boolean => doneBefore === undefined || at < doneBefore;

function lengthOf(text: string | null | undefined): number {
  return Buffer.byteLength(text ?? '');
}
