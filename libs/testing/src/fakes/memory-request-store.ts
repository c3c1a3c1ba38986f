import type { BatchId, GroupId, RequestKey } from '@batch-gpt/contracts';
import { addSizes, keepsBody, maxLookupBytes, noSizes, sizesOf } from '@batch-gpt/domain';
import type {
  KeepBodies,
  Candidate,
  KeptOutcome,
  Member,
  NewRequest,
  RequestRecord,
  RequestStore,
  Settlement,
} from '@batch-gpt/domain';
import { compareTexts as compare, type MemoryRequestRows, type MemoryRow as Row } from './memory-request-rows.ts';
import type { RunCall } from './run-call.ts';

type In<State extends RequestRecord['state']> = Extract<RequestRecord, { state: State }>;

const maxClaim = 1000;

/** The request port in memory, one call at a time. */
export function createMemoryRequestStore(
  run: RunCall,
  rows: MemoryRequestRows,
  keep: KeepBodies = 'none',
): RequestStore {
  const bodyAfter = ({ outcome }: Settlement, { body }: Row): string | null => (keepsBody(keep, outcome) ? body : null);
  const sorted = <T>(pick: (row: Row) => T | null): T[] =>
    [...rows.entries()]
      .toSorted(([a], [b]) => compare(a, b))
      .map(([, row]) => pick(row))
      .filter((picked) => picked !== null);

  const collectedBy = (batchId: BatchId, row: Row | undefined): In<'collected'> | null =>
    row?.record.state === 'collected' && row.record.batchId === batchId ? row.record : null;

  const moveEach = <T extends { readonly key: RequestKey }>(
    items: readonly T[],
    move: (item: T, row: Row) => Row | null,
  ): ReadonlySet<RequestKey> => {
    const moved = new Set<RequestKey>();
    for (const item of items) {
      const row = rows.get(item.key);
      const next = row && move(item, row);
      if (!next) continue;
      const { namedUntil } = row;
      rows.set(item.key, namedUntil === undefined ? next : { namedUntil, ...next });
      moved.add(item.key);
    }
    return moved;
  };

  const membersOf = (batchId: BatchId, after: RequestKey | null, limit: number) =>
    sorted((row) => {
      const record = collectedBy(batchId, row);
      return record && (after === null || record.key > after) ? { record, body: row.body ?? '' } : null;
    }).slice(0, limit);

  return {
    lookup: (keys, maxBytes = maxLookupBytes, tenant) =>
      run(() => {
        const found = new Map<RequestKey, RequestRecord>();
        let bytes = 0;
        for (const [index, key] of keys.entries()) {
          const record = rows.get(key)?.record;
          if (record === undefined || (tenant !== undefined && record.tenant !== tenant)) continue;
          bytes +=
            Buffer.byteLength(record.outcome?.body ?? '') + Buffer.byteLength(besideOf(record)?.outcome.body ?? '');
          if (bytes > maxBytes && found.size > 0) return { rows: found, rest: keys.slice(index) };
          found.set(key, record);
        }
        return { rows: found, rest: [] };
      }),

    insert: (newRows) =>
      run(() => {
        const inserted = new Set<RequestKey>();
        for (const row of newRows) {
          if (rows.has(row.key)) continue;
          rows.set(row.key, { record: acceptedRecord(row, null), body: row.body });
          inserted.add(row.key);
        }
        return inserted;
      }),

    acceptAnew: (requests) =>
      run(() =>
        moveEach(
          requests.map((request) => ({ key: request.row.key, ...request })),
          ({ row, doneAt }, { record }) =>
            record.state === 'done' && record.doneAt === doneAt
              ? { record: acceptedRecord({ ...row, base: record.base, tenant: record.tenant }, record), body: row.body }
              : null,
        ),
      ),

    claimPrivate: (tenant, base, retry) =>
      run(() => {
        const free = sorted(({ record }) => {
          const delivered = record.state === 'done' && record.delivered;
          const same = record.base === base && record.tenant === tenant;
          return same && record.retry < retry && !delivered ? record : null;
        }).toSorted((a, b) => a.acceptedAt - b.acceptedAt);
        const key = free[0]?.key ?? null;
        if (key !== null) moveEach([{ key }], (_, row) => ({ ...row, record: { ...row.record, retry } }));
        return key;
      }),

    markDelivered: (keys) =>
      run(() => {
        moveEach(
          keys.map((key) => ({ key })),
          (_, { record, body }) => (record.state === 'done' ? { record: { ...record, delivered: true }, body } : null),
        );
      }),

    keepUntil: (keys, until) =>
      run(() => {
        moveEach(
          keys.map((key) => ({ key })),
          (_, { record, body, namedUntil = 0 }) =>
            record.state === 'done'
              ? {
                  record: { ...record, expiresAt: Math.max(record.expiresAt, until) },
                  body,
                  namedUntil: Math.max(namedUntil, until),
                }
              : null,
        );
      }),

    oldestAccepted: (group, limit, after) =>
      run(() =>
        sorted(({ record }) => (record.state === 'accepted' && record.group === group ? candidateOf(record) : null))
          .toSorted((a, b) => a.acceptedAt - b.acceptedAt)
          .filter((candidate) => after === null || comesAfter(candidate, after))
          .slice(0, limit),
      ),

    claim: (group, batchId, keys, at) =>
      run(() => {
        if (keys.length > maxClaim) throw new RangeError(`a claim takes at most ${maxClaim} keys`);
        const moved = moveEach(
          keys.map((key) => ({ key })),
          (_, { record, body }) =>
            record.state === 'accepted' && record.group === group
              ? { record: { ...record, state: 'collected', batchId, collectedAt: at }, body }
              : null,
        );
        return moved.size;
      }),

    memberSizes: (batchId) =>
      run(() =>
        membersOf(batchId, null, Infinity).reduce((sum, { record }) => addSizes(sum, sizesOf(record)), noSizes),
      ),

    members: (batchId, after, limit) =>
      run(() => membersOf(batchId, after, limit).map(({ record }) => memberOf(record))),

    membersAmong: (batchId, keys) =>
      run(() => {
        const found = keys.map((key) => collectedBy(batchId, rows.get(key))).filter((record) => record !== null);
        return new Map(found.map((record) => [record.key, memberOf(record)]));
      }),

    memberBodies: (batchId, after, limit, maxBytes) =>
      run(() => {
        let bytes = 0;
        const fits = membersOf(batchId, after, limit).map(({ record, body }) => {
          bytes += Buffer.byteLength(body);
          return { key: record.key, body, fits: bytes <= maxBytes };
        });
        const end = fits.findIndex((row) => !row.fits);
        const page = end === -1 ? fits : fits.slice(0, Math.max(end, 1));
        return page.map(({ key, body }) => ({ key, body }));
      }),

    settle: (batchId, settlements) =>
      run(() =>
        moveEach(settlements, (settlement, row) => {
          const record = collectedBy(batchId, row);
          return record && { record: doneRecord(record, settlement), body: bodyAfter(settlement, row) };
        }),
      ),

    returnMembers: (batchId, returns) =>
      run(() =>
        moveEach(returns, ({ group, attempt, rounds }, row) => {
          const record = collectedBy(batchId, row);
          if (!record) return null;
          const { collectedAt: _, ...facts } = record;
          return { record: { ...facts, state: 'accepted', batchId: null, group, attempt, rounds }, body: row.body };
        }),
      ),

    endAccepted: (settlements) =>
      run(() =>
        moveEach(settlements, (settlement, row) =>
          row.record.state === 'accepted'
            ? { record: doneRecord(row.record, settlement), body: bodyAfter(settlement, row) }
            : null,
        ),
      ),

    settleLate: (batchId, settlements) =>
      run(() =>
        moveEach(settlements, (settlement, row) => {
          const { record } = row;
          const stored = record.state === 'done' && record.batchId === batchId && record.outcome.kind === 'failed';
          const moves = record.state === 'accepted' || stored;
          return moves ? { record: doneRecord(record, settlement), body: bodyAfter(settlement, row) } : null;
        }),
      ),

    groupsWithAccepted: (after, limit) =>
      run(() => {
        const oldest = new Map<GroupId, number>();
        for (const { record } of rows.values()) {
          if (record.state !== 'accepted' || (after !== null && record.group <= after)) continue;
          oldest.set(record.group, Math.min(oldest.get(record.group) ?? Infinity, record.acceptedAt));
        }
        return [...oldest]
          .toSorted(([a], [b]) => compare(a, b))
          .slice(0, limit)
          .map(([group, oldestAcceptedAt]) => ({ group, oldestAcceptedAt }));
      }),

    collectedBatchIds: (after, limit) =>
      run(() => {
        const ids = sorted(({ record }) => (record.state === 'collected' ? record.batchId : null));
        const wanted = new Set(ids.filter((id) => after === null || id > after));
        return [...wanted].toSorted(compare).slice(0, limit);
      }),

    removeExpired: (now, limit) =>
      run(() => {
        const expired = sorted(({ record }) =>
          record.state === 'done' && record.expiresAt <= now ? record.key : null,
        ).slice(0, limit);
        for (const key of expired) rows.delete(key);
        return expired.length;
      }),

    removeUnreferencedBodies: () => run(() => 0),
  };
}

function acceptedRecord({ body: _, ...facts }: NewRequest, old: In<'done'> | null): In<'accepted'> {
  const stays = old && keptOf(old);
  return {
    ...facts,
    attempt: 0,
    rounds: 0,
    state: 'accepted',
    batchId: null,
    outcome: stays?.outcome ?? null,
    reuseUntil: stays?.reuseUntil ?? null,
  };
}

function doneRecord(record: RequestRecord, settlement: Settlement): In<'done'> {
  const { outcome, attempt, reuseUntil, expiresAt } = settlement;
  const collectedAt = record.state === 'accepted' ? null : record.collectedAt;
  const kept = outcome.kind === 'failed' ? keptOf(record) : null;
  return {
    ...record,
    state: 'done',
    collectedAt,
    outcome,
    attempt,
    reuseUntil,
    expiresAt: Math.max(expiresAt, kept?.reuseUntil ?? 0),
    doneAt: outcome.at,
    delivered: false,
    kept,
  };
}

/** The shareable success that a row holds, as its outcome or beside it. */
export function keptOf(record: RequestRecord): KeptOutcome | null {
  const { outcome, reuseUntil } = record;
  if (outcome?.kind === 'succeeded' && outcome.shareable) return { outcome, reuseUntil: reuseUntil ?? 0 };
  return besideOf(record);
}

const besideOf = (record: RequestRecord): KeptOutcome | null => (record.state === 'done' ? record.kept : null);

function candidateOf({ key, acceptedAt, lineBytes, tokens, inputs }: RequestRecord): Candidate {
  return { key, acceptedAt, lineBytes, tokens, inputs };
}

function memberOf(record: RequestRecord): Member {
  const { key, base, attempt, rounds, shareable, limited, cacheTtl, endpoint } = record;
  return { key, isPrivate: base !== null, attempt, rounds, shareable, limited, cacheTtl, endpoint };
}

function comesAfter(candidate: Candidate, other: Candidate): boolean {
  const later = candidate.acceptedAt - other.acceptedAt;
  return later > 0 || (later === 0 && candidate.key > other.key);
}
