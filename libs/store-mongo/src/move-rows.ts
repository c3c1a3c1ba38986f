/*
 * Many compare-and-sets in one unordered bulk write, each on one document, and the answer to "which of them won?".
 *
 * A bulk write only counts. When every key was matched, all moved. Otherwise somebody else holds some of them, and the
 * rows that carry this call's `moveId` are read back. That is exact, also when the driver repeated the write after a
 * lost answer (the id is the same), but for one case: a row that yet another bulk call moved between the write and the
 * reading is not named. It did move; its new mover answers for it, and a signal that is missing is the sweep's business.
 */
import { randomUUID } from 'node:crypto';
import type { RequestKey } from '@batch-gpt/contracts';
import type { mongo } from 'mongoose';
import type { RequestRow } from './request-row.ts';

/** One way for a row to move; of several for one key at most one may match. */
export interface RowMove {
  readonly filter: mongo.Filter<RequestRow> & { readonly _id: RequestKey };
  readonly set: Partial<RequestRow>;
  readonly unset?: readonly (keyof RequestRow)[];
}

// One command's worth: small enough to be answered well within the socket's timeout.
const maxMoves = 1000;

/** Makes the moves whose filter matches; returns the keys that moved. */
export async function moveRows(
  rows: mongo.Collection<RequestRow>,
  moves: readonly RowMove[],
): Promise<ReadonlySet<RequestKey>> {
  const moveId = randomUUID();
  const moved = new Set<RequestKey>();
  for (let from = 0; from < moves.length; from += maxMoves) {
    for (const key of await moveSome(rows, moves.slice(from, from + maxMoves), moveId)) moved.add(key);
  }
  return moved;
}

async function moveSome(
  rows: mongo.Collection<RequestRow>,
  moves: readonly RowMove[],
  moveId: string,
): Promise<Iterable<RequestKey>> {
  const keys = new Set(moves.map(({ filter }) => filter._id));
  const { matchedCount } = await rows.bulkWrite(
    moves.map((move) => updateOne(move, moveId)),
    { ordered: false },
  );
  if (matchedCount === keys.size) return keys;
  const moved = await rows.find({ _id: { $in: [...keys] }, moveId }, { projection: { _id: 1 } }).toArray();
  return moved.map(({ _id }) => _id);
}

function updateOne({ filter, set, unset = [] }: RowMove, moveId: string): mongo.AnyBulkWriteOperation<RequestRow> {
  const $set = { ...set, moveId };
  const $unset = Object.fromEntries(unset.map((field) => [field, '' as const]));
  return { updateOne: { filter, update: unset.length > 0 ? { $set, $unset } : { $set } } };
}
