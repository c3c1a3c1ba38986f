import type { mongo } from 'mongoose';
import { duplicatePositions } from './map-error.ts';

/** Inserts documents whose id does not exist yet, and leaves the others alone; returns the positions of those. */
export async function insertMissing<T extends mongo.Document>(
  rows: mongo.Collection<T>,
  documents: readonly mongo.OptionalUnlessRequiredId<T>[],
): Promise<ReadonlySet<number>> {
  if (documents.length === 0) return new Set();
  try {
    await rows.insertMany(documents, { ordered: false });
    return new Set();
  } catch (error) {
    const duplicates = duplicatePositions(error);
    if (duplicates === null) throw error;
    return duplicates;
  }
}
