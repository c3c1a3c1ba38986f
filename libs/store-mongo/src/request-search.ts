import type { TenantId } from '@batch-gpt/contracts';
import { summaryOf, type RequestSearch, type RequestSummary } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { mapErrors } from './map-error.ts';
import { toRequestRecord, unreadTexts, withoutTexts, type RequestRow } from './request-row.ts';

/** The search port on `requests`. */
export function createRequestSearch(rows: mongo.Collection<RequestRow>): RequestSearch {
  const page = async (
    filter: mongo.Filter<RequestRow>,
    sort: Record<string, 1 | -1>,
    hint: string,
    limit: number,
  ): Promise<readonly RequestSummary[]> => {
    if (limit <= 0) return [];
    const found = await rows.find(filter, { projection: withoutTexts, hint }).sort(sort).limit(limit).toArray();
    return found.map((row) => summaryOf(toRequestRecord(row, unreadTexts)));
  };

  return {
    keyedLike: (beginning, after, limit) =>
      mapErrors(() => {
        // Keys are hex: the next character ends all that begin alike.
        const alike = { $gte: beginning, $lt: `${beginning}g`, ...(after !== null && { $gt: after }) };
        return page({ _id: alike as mongo.Condition<RequestRow['_id']> }, { _id: 1 }, '_id_', limit);
      }),

    tenants: (after, limit) =>
      mapErrors(async () => {
        const tenants: TenantId[] = [];
        for (let last = after; tenants.length < limit;) {
          const row = await rows.findOne<Pick<RequestRow, 'tenant'>>(last === null ? {} : { tenant: { $gt: last } }, {
            sort: { tenant: 1, acceptedAt: 1, _id: 1 },
            projection: { _id: 0, tenant: 1 },
            hint: 'listing_by_key',
          });
          if (row === null) break;
          last = row.tenant;
          tenants.push(last);
        }
        return tenants;
      }),

    acceptedBefore: (tenant, place, since, limit) =>
      mapErrors(() => {
        // The plain bounds keep the index range tight; the $or alone would read the tenant's from the newest on.
        const acceptedAt = { $gte: since, ...(place && { $lte: place.at }) };
        const after = place && { $or: [{ acceptedAt: { $lt: place.at } }, { _id: { $lt: place.id } }] };
        return page({ tenant, acceptedAt, ...after }, { acceptedAt: -1, _id: -1 }, 'listing_by_key', limit);
      }),
  };
}
