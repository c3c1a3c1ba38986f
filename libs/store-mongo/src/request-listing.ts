import type { RequestKey } from '@batch-gpt/contracts';
import { listingPage, rowsToRead, summaryOf, type RequestListing } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { mapErrors } from './map-error.ts';
import { toRequestRecord, unreadTexts, withoutTexts, type RequestRow } from './request-row.ts';

/** The listing port on `requests`. */
export function createRequestListing(rows: mongo.Collection<RequestRow>): RequestListing {
  return {
    list: (tenant, filter, after, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return { found: [], next: null };
        const last = after === null ? null : await positionOf(rows, { _id: after, tenant });
        if (after !== null && last === null) return null;
        const read = await rows
          .find({ tenant, ...(last && comesAfter(last)) }, { projection: withoutTexts })
          .sort({ acceptedAt: -1, _id: -1 })
          .limit(rowsToRead(filter, limit))
          .toArray();
        return listingPage(
          read.map((row) => summaryOf(toRequestRecord(row, unreadTexts))),
          filter,
          limit,
        );
      }),
  };
}

type Position = Pick<RequestRow, '_id' | 'acceptedAt'>;

function positionOf(rows: mongo.Collection<RequestRow>, filter: mongo.Filter<RequestRow>): Promise<Position | null> {
  return rows.findOne<Position>(filter, { projection: { acceptedAt: 1 }, hint: '_id_' });
}

// The plain bound on acceptedAt keeps the index range tight; the $or alone would read the tenant's from the newest on.
function comesAfter({ _id, acceptedAt }: { readonly _id: RequestKey; readonly acceptedAt: number }) {
  return { acceptedAt: { $lte: acceptedAt }, $or: [{ acceptedAt: { $lt: acceptedAt } }, { _id: { $lt: _id } }] };
}
