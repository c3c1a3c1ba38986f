/*
 * Stored outcomes as a cache that can be emptied. A purge looks at a page of rows, removes the ended ones that match,
 * then takes the old outcome from the others. Both ask again for what they looked for: a row that was accepted anew in
 * between loses its old outcome in the second, one that ended anew keeps its new one.
 *
 * Eviction goes through the listing of every tenant, which is in order of time, and merges what it finds there.
 */
import type { RequestKey, TenantId } from '@batch-gpt/contracts';
import { checkPurge, createOldest, type OutcomeCache, type PurgeFilter } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { mapErrors } from './map-error.ts';
import { endedRowFields, removeEnded, type EndedRow } from './remove-ended.ts';
import type { RequestRow } from './request-row.ts';
import type { TextFiles } from './text-files.ts';

export interface OutcomeCacheDeps {
  readonly db: mongo.Db;
  readonly rows: mongo.Collection<RequestRow>;
  readonly files: Pick<TextFiles, 'remove'>;
}

/** Rows to look at in one query. */
const pageLength = 1000;

/** What a purge has to know of a row. */
type FoundRow = EndedRow & Pick<RequestRow, 'tenant' | 'acceptedAt' | 'state' | 'model'>;

/** What an eviction has to know of a row. */
type EvictedRow = EndedRow & Pick<RequestRow, 'acceptedAt'>;

const foundRowFields = { ...endedRowFields, tenant: 1, acceptedAt: 1, state: 1, model: 1 };

/** The cache port on `requests`. */
export function createOutcomeCache({ db, rows, files }: OutcomeCacheDeps): OutcomeCache {
  return {
    purge: (filter, limit) =>
      mapErrors(async () => {
        checkPurge(filter);
        const purged: RequestKey[] = [];
        if (limit <= 0) return purged;
        for await (const page of pagesOf(rows, filter)) {
          const taken = page.filter((row) => matches(row, filter)).slice(0, limit - purged.length);
          const ended = taken.filter(({ state, outcome }) => state === 'done' && isOlder(outcome, filter));
          await removeEnded(rows, files, ended);
          await takeOldOutcomes(rows, taken, filter);
          purged.push(...taken.map(({ _id }) => _id));
          if (purged.length >= limit) break;
        }
        return purged;
      }),

    evictOldest: (doneBefore, limit, now) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        const oldest = createOldest<EvictedRow>(doneBefore, limit, ({ acceptedAt }) => acceptedAt);
        const mayGo = { state: 'done' as const, doneAt: { $lt: doneBefore }, namedUntil: { $not: { $gt: now } } };
        for await (const tenant of tenantsOf(rows)) {
          const page = rows.find(
            { tenant, acceptedAt: { $lt: oldest.before() }, ...mayGo },
            { hint: 'listing_by_key' },
          );
          page.sort({ acceptedAt: 1, _id: 1 }).limit(limit);
          oldest.add(await page.project<EvictedRow>({ ...endedRowFields, acceptedAt: 1 }).toArray());
        }
        await removeEnded(rows, files, oldest.found());
        return oldest.found().map(({ _id }) => _id);
      }),

    // What the documents add up to: the files on the disk do not shrink.
    storedBytes: () =>
      mapErrors(async () => {
        const { dataSize } = (await db.command({ dbStats: 1 })) as { readonly dataSize: number };
        return dataSize;
      }),
  };
}

async function* pagesOf(
  rows: mongo.Collection<RequestRow>,
  { tenant, keys }: PurgeFilter,
): AsyncGenerator<readonly FoundRow[]> {
  if (keys !== undefined) {
    const found = await rows
      .find({ _id: { $in: [...keys] } })
      .project<FoundRow>(foundRowFields)
      .toArray();
    yield found.toSorted(oldestFirst);
  } else if (tenant !== undefined) {
    yield* pagesOfTenant(rows, tenant);
  } else {
    for await (const each of tenantsOf(rows)) yield* pagesOfTenant(rows, each);
  }
}

async function* tenantsOf(rows: mongo.Collection<RequestRow>): AsyncGenerator<TenantId> {
  for (let next = await nextTenant(rows, null); next !== null; next = await nextTenant(rows, next)) yield next;
}

async function* pagesOfTenant(
  rows: mongo.Collection<RequestRow>,
  tenant: TenantId,
): AsyncGenerator<readonly FoundRow[]> {
  let last: FoundRow | undefined;
  do {
    const page = await rows
      .find({ tenant, ...(last && comesAfter(last)) })
      .sort({ acceptedAt: 1, _id: 1 })
      .limit(pageLength)
      .project<FoundRow>(foundRowFields)
      .toArray();
    yield page;
    last = page.length < pageLength ? undefined : page.at(-1);
  } while (last !== undefined);
}

async function nextTenant(rows: mongo.Collection<RequestRow>, after: TenantId | null): Promise<TenantId | null> {
  const row = await rows.findOne<Pick<RequestRow, 'tenant'>>(after === null ? {} : { tenant: { $gt: after } }, {
    sort: { tenant: 1, acceptedAt: 1, _id: 1 },
    projection: { _id: 0, tenant: 1 },
  });
  return row?.tenant ?? null;
}

/**
 * From open rows, and then from beside failures: whoever stores a failure moves the old outcome from there to here. No
 * outcome goes that is younger than what was seen.
 */
async function takeOldOutcomes(
  rows: mongo.Collection<RequestRow>,
  taken: readonly FoundRow[],
  filter: PurgeFilter,
): Promise<void> {
  if (taken.length === 0) return;
  const seen = taken.flatMap(({ outcome, kept }) => [outcome, kept?.outcome]).filter((each) => isOlder(each, filter));
  const latest = seen.reduce((time, each) => Math.max(time, each?.at ?? 0), 0);
  const among = { _id: { $in: taken.map(({ _id }) => _id) } };
  await rows.updateMany(
    { ...among, state: { $in: ['accepted', 'collected'] }, 'outcome.at': { $lte: latest } },
    { $unset: { outcome: '', reuseUntil: '' } },
  );
  await rows.updateMany({ ...among, 'kept.outcome.at': { $lte: latest } }, { $unset: { kept: '' } });
}

function matches({ outcome, kept, ...row }: FoundRow, filter: PurgeFilter): boolean {
  const { tenant, model } = filter;
  return (
    (isOlder(outcome, filter) || isOlder(kept?.outcome, filter)) &&
    (tenant === undefined || row.tenant === tenant) &&
    (model === undefined || row.model === model)
  );
}

const isOlder = (outcome: EndedRow['outcome'], { doneBefore }: PurgeFilter): boolean =>
  outcome !== undefined && (doneBefore === undefined || outcome.at < doneBefore);

// The plain bound keeps the index range tight.
function comesAfter({ _id, acceptedAt }: FoundRow): mongo.Filter<RequestRow> {
  return { acceptedAt: { $gte: acceptedAt }, $or: [{ acceptedAt: { $gt: acceptedAt } }, { _id: { $gt: _id } }] };
}

function oldestFirst(a: FoundRow, b: FoundRow): number {
  return compare(a.tenant, b.tenant) || a.acceptedAt - b.acceptedAt || compare(a._id, b._id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
