import type { mongo } from 'mongoose';
import type { RequestRow, StoredOutcome } from './request-row.ts';
import type { TextFiles, TextRef } from './text-files.ts';

/** What a removal has to know of an ended row. */
export type EndedRow = Pick<RequestRow, '_id' | 'bodyRef'> & {
  readonly outcome?: Pick<StoredOutcome, 'at' | 'bodyRef'>;
  readonly kept?: { readonly outcome: Pick<StoredOutcome, 'at' | 'bodyRef'> };
};

/** The projection that gives it. */
export const endedRowFields = {
  bodyRef: 1,
  ...{ 'outcome.at': 1, 'outcome.bodyRef': 1 },
  ...{ 'kept.outcome.at': 1, 'kept.outcome.bodyRef': 1 },
};

/**
 * Removes rows that were seen ended, with their large texts: nobody comes to refer to these any more, and what is stored
 * is to shrink now, not when the texts are swept. A row that was accepted anew since stays.
 */
export async function removeEnded(
  rows: mongo.Collection<RequestRow>,
  files: Pick<TextFiles, 'remove'>,
  seen: readonly EndedRow[],
): Promise<void> {
  const plain = seen.filter((row) => refsOf(row).length === 0);
  if (plain.length > 0) {
    const latest = plain.reduce((time, { outcome }) => Math.max(time, outcome?.at ?? 0), 0);
    await rows.deleteMany({ _id: { $in: plain.map(({ _id }) => _id) }, state: 'done', doneAt: { $lte: latest } });
  }
  for (const { _id, outcome } of seen.filter((row) => refsOf(row).length > 0)) {
    const stillEnded = { _id, state: 'done' as const, doneAt: { $lte: outcome?.at ?? 0 } };
    // Its files as they are now, not as they were.
    const removed = await rows.findOneAndDelete(stillEnded, { projection: endedRowFields });
    if (removed) await files.remove(refsOf(removed));
  }
}

function refsOf({ bodyRef, outcome, kept }: EndedRow): TextRef[] {
  return [bodyRef, outcome?.bodyRef, kept?.outcome.bodyRef].filter((ref) => ref !== undefined);
}
