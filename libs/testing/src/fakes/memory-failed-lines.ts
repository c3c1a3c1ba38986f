import { formatGroup, parseGroup, type RequestKey } from '@batch-gpt/contracts';
import { checkRunAgain, type FailedLines } from '@batch-gpt/domain';
import type { MemoryRequestRows } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';

/** The port of failed lines on the requests in memory. */
export function createMemoryFailedLines(run: RunCall, rows: MemoryRequestRows): FailedLines {
  return {
    acceptAgain: (batchId, keys, at) =>
      run(() => {
        checkRunAgain(keys);
        const accepted: RequestKey[] = [];
        let withoutText = 0;
        for (const key of keys) {
          const row = rows.get(key);
          if (row?.record.state !== 'done') continue;
          const { record, body } = row;
          if (record.batchId !== batchId || record.outcome.kind !== 'failed') continue;
          if (body === null) {
            withoutText += 1;
            continue;
          }
          const { doneAt: _d, expiresAt: _e, delivered: _v, collectedAt: _c, kept, ...facts } = record;
          const again = {
            ...({ state: 'accepted', batchId: null, acceptedAt: at, attempt: 0, rounds: 0 } as const),
            ...{ outcome: kept?.outcome ?? null, reuseUntil: kept?.reuseUntil ?? null },
            ...{ group: formatGroup({ ...parseGroup(facts.group), split: '' }) },
          };
          rows.set(key, { record: { ...facts, ...again }, body });
          accepted.push(key);
        }
        return { accepted, withoutText };
      }),
  };
}
