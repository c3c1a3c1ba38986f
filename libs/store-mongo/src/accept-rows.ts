import type { NewRequest, RequestStore } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { duplicatePositions, mapErrors } from './map-error.ts';
import { moveRows, type RowMove } from './move-rows.ts';
import { acceptedFields, toRequestRecord, toRequestRow, type RequestRow } from './request-row.ts';
import { maxTextBytes, refuseLargeBodies } from './text-limit.ts';

type AcceptRows = Pick<RequestStore, 'lookup' | 'insert' | 'acceptAnew' | 'claimPrivate' | 'markDelivered'>;

/** What the gateway does with `requests`. */
export function createAcceptRows(rows: mongo.Collection<RequestRow>): AcceptRows {
  return {
    lookup: (keys) =>
      mapErrors(async () => {
        const found = await rows.find({ _id: { $in: [...keys] } }, { projection: { body: 0 } }).toArray();
        return new Map(found.map((row) => [row._id, toRequestRecord(row)]));
      }),

    insert: (requests) =>
      mapErrors(async () => {
        refuseLargeBodies(requests);
        const duplicates = await insertAll(rows, requests.map(toRequestRow));
        return new Set(requests.filter((_, position) => !duplicates.has(position)).map(({ key }) => key));
      }),

    acceptAnew: (requests) =>
      mapErrors(() => {
        refuseLargeBodies(requests.map(({ row }) => row));
        return moveRows(
          rows,
          requests.flatMap(({ row, doneAt }) => movesAnew(row, doneAt)),
        );
      }),

    claimPrivate: (tenant, base, retry) =>
      mapErrors(async () => {
        const claimed = await rows.findOneAndUpdate(
          { base, tenant, retry: { $lt: retry }, delivered: { $ne: true } },
          { $set: { retry } },
          { sort: { acceptedAt: 1, _id: 1 }, projection: { _id: 1 } },
        );
        return claimed?._id ?? null;
      }),

    markDelivered: (keys) =>
      mapErrors(async () => {
        await rows.updateMany({ _id: { $in: [...keys] }, state: 'done' }, { $set: { delivered: true } });
      }),
  };
}

/**
 * Returns the positions of rows whose key exists. Where the driver cannot number its retries (a server that is not part
 * of a replica set), a repeated insert may find its own row and count it as existing: the caller then looks it up and
 * joins it, its announcement is missing, and the sweep rings for it.
 */
async function insertAll(
  rows: mongo.Collection<RequestRow>,
  documents: readonly RequestRow[],
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

const ofTheLastRun = ['batchId', 'collectedAt', 'doneAt', 'expiresAt', 'delivered'] as const;
const ofItsOutcome = ['outcome', 'outcomeBytes', 'reuseUntil'] as const;

// Two ways that exclude each other: a shareable success stays (unless both texts do not fit one document), all else goes.
function movesAnew(row: NewRequest, doneAt: number): RowMove[] {
  const filter = { _id: row.key, state: 'done' as const, doneAt };
  const set = acceptedFields(row);
  const room = maxTextBytes - Buffer.byteLength(row.body);
  const stays = { 'outcome.kind': 'succeeded', 'outcome.shareable': true, outcomeBytes: { $lte: room } };
  return [
    { filter: { ...filter, ...stays }, set, unset: ofTheLastRun },
    { filter: { ...filter, $nor: [stays] }, set, unset: [...ofTheLastRun, ...ofItsOutcome] },
  ];
}
