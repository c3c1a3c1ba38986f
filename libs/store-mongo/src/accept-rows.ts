import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import {
  maxLookupBytes,
  type LookedUp,
  type NewRequest,
  type RequestRecord,
  type RequestStore,
} from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { insertMissing } from './insert-missing.ts';
import { readWithTexts, type LargeTexts } from './large-texts.ts';
import { mapErrors } from './map-error.ts';
import { moveRows, type RowMove } from './move-rows.ts';
import { acceptedFields, toRequestRecord, toRequestRow, type RequestRow, type StoredOutcome } from './request-row.ts';
import type { TextRef } from './text-files.ts';
import { refuseLargeBodies } from './text-limit.ts';

type AcceptRows = Pick<
  RequestStore,
  'lookup' | 'insert' | 'acceptAnew' | 'claimPrivate' | 'markDelivered' | 'keepUntil'
>;

/** What the gateway does with `requests`. */
export function createAcceptRows(rows: mongo.Collection<RequestRow>, texts: LargeTexts): AcceptRows {
  return {
    lookup: (keys, maxBytes = maxLookupBytes, tenant) =>
      mapErrors(() => readWithTexts(() => lookUp(rows, texts, { keys, maxBytes, tenant }))),

    insert: (requests) =>
      mapErrors(async () => {
        refuseLargeBodies(requests);
        const refs = await texts.keep(requests);
        const documents = requests.map((request, position) => toRequestRow(request, refs.get(position)));
        // Where the driver cannot number its retries (a server that is not part of a replica set), a repeated insert may
        // find its own row and count it as existing: the caller then looks it up and joins it, its announcement is
        // missing, and the sweep rings for it. So the large text of a row that existed stays too: it may be in use.
        const duplicates = await insertMissing(rows, documents);
        return new Set(requests.filter((_, position) => !duplicates.has(position)).map(({ key }) => key));
      }),

    acceptAnew: (requests) =>
      mapErrors(async () => {
        const accepted = requests.map(({ row }) => row);
        refuseLargeBodies(accepted);
        const refs = await texts.keep(accepted);
        return moveRows(
          rows,
          requests.flatMap(({ row, doneAt }, position) => movesAnew(row, doneAt, refs.get(position))),
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

    keepUntil: (keys, until) =>
      mapErrors(async () => {
        const ended = { _id: { $in: [...keys] }, state: 'done' as const };
        await rows.updateMany(ended, { $max: { expiresAt: until, namedUntil: until } });
      }),
  };
}

interface Wanted {
  readonly keys: readonly RequestKey[];
  readonly maxBytes: number;
  readonly tenant: TenantId | undefined;
}

/** Rows come in the server's order: keys that were not seen when the bound is reached may or may not exist. */
async function lookUp(
  rows: mongo.Collection<RequestRow>,
  texts: LargeTexts,
  { keys, maxBytes, tenant }: Wanted,
): Promise<LookedUp> {
  const records = new Map<RequestKey, RequestRecord>();
  let bytes = 0;
  const filter = { _id: { $in: [...keys] }, ...(tenant !== undefined && { tenant }) };
  for await (const row of rows.find(filter, { projection: { body: 0 }, hint: '_id_' })) {
    const [ref, keptRef] = [row.outcome?.bodyRef, row.kept?.outcome.bodyRef];
    bytes += bytesOf(row.outcome) + bytesOf(row.kept?.outcome);
    if (bytes > maxBytes && records.size > 0) return { rows: records, rest: keys.filter((key) => !records.has(key)) };
    const record = toRequestRecord(row, {
      outcome: ref && (await texts.read(row._id, ref)),
      kept: keptRef && (await texts.read(row._id, keptRef)),
    });
    records.set(row._id, record);
  }
  return { rows: records, rest: [] };
}

const bytesOf = (outcome: StoredOutcome | undefined): number =>
  outcome?.bodyRef?.bytes ?? Buffer.byteLength(outcome?.body ?? '');

const ofTheLastRun = ['batchId', 'collectedAt', 'doneAt', 'expiresAt', 'delivered'] as const;
const ofItsOutcome = ['outcome', 'reuseUntil'] as const;

// Two ways that exclude each other: a shareable success stays, all else goes. What was kept beside a failure stays where
// it is: of an open row it is the outcome that answers.
function movesAnew(row: NewRequest, doneAt: number, ref: TextRef | undefined): RowMove[] {
  const filter = { _id: row.key, state: 'done' as const, doneAt };
  const set = acceptedFields(row, ref);
  // A body that was kept may be in the other place.
  const unset = [...ofTheLastRun, ref ? 'body' : 'bodyRef'] as const;
  const stays = { 'outcome.kind': 'succeeded', 'outcome.shareable': true };
  return [
    { filter: { ...filter, ...stays }, set, unset },
    { filter: { ...filter, $nor: [stays] }, set, unset: [...unset, ...ofItsOutcome] },
  ];
}
