import { formatGroup, parseGroup } from '@batch-gpt/contracts';
import { checkRunAgain, type FailedLines } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { mapErrors } from './map-error.ts';
import { moveRows } from './move-rows.ts';
import type { RequestRow } from './request-row.ts';

type FailedRow = Pick<RequestRow, '_id' | 'group'> & { readonly hasText: boolean };

/** The port of failed lines on `requests`. */
export function createFailedLines(rows: mongo.Collection<RequestRow>): FailedLines {
  return {
    acceptAgain: (batchId, keys, at) =>
      mapErrors(async () => {
        checkRunAgain(keys);
        const failed = { state: 'done' as const, batchId, 'outcome.kind': 'failed' as const };
        const found = await rows
          .find({ _id: { $in: [...keys] }, ...failed }, { hint: '_id_' })
          .project<FailedRow>({ group: 1, hasText: { $or: [isThere('body'), isThere('bodyRef')] } })
          .toArray();
        const whole = found.filter(({ hasText }) => hasText);
        // Asked again: a row that was accepted anew meanwhile is not ended any more.
        const accepted = await moveRows(
          rows,
          whole.map(({ _id, group }) => ({
            filter: { _id, ...failed },
            set: { state: 'accepted', group: ordinary(group), acceptedAt: at, attempt: 0, rounds: 0 },
            unset: ['batchId', 'collectedAt', 'doneAt', 'expiresAt', 'delivered', 'outcome', 'reuseUntil'],
          })),
        );
        return { accepted: [...accepted], withoutText: found.length - whole.length };
      }),
  };
}

const isThere = (field: 'body' | 'bodyRef') => ({ $ne: [{ $type: `$${field}` }, 'missing'] });

/** A line that failed in a search for a bad one goes back to where everybody is. */
const ordinary = (group: RequestRow['group']) => formatGroup({ ...parseGroup(group), split: '' });
