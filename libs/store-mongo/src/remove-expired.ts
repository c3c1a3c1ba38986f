import type { mongo } from 'mongoose';

interface Expiring {
  readonly _id: string;
  readonly expiresAt: number;
}

/** Removes at most `limit` documents whose `expiresAt` has passed, those first that ran out first. Returns how many went. */
export async function removeExpired<T extends Expiring>(
  rows: mongo.Collection<T>,
  now: number,
  limit: number,
): Promise<number> {
  if (limit <= 0) return 0;
  const expired = { expiresAt: { $lte: now } } as mongo.Filter<T>;
  const found = await rows.find(expired, { sort: { expiresAt: 1 }, limit, projection: { _id: 1 } }).toArray();
  if (found.length === 0) return 0;
  // Asked again: a document that was renewed meanwhile lives on.
  const { deletedCount } = await rows.deleteMany({ ...expired, _id: { $in: found.map(({ _id }) => _id) } });
  return deletedCount;
}
