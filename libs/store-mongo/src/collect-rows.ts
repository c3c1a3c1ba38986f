import type { BatchId, GroupId, LineSizes, RequestKey } from '@batch-gpt/contracts';
import type { Candidate, MemberBody, RequestStore } from '@batch-gpt/domain';
import { noSizes } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { mongo } from 'mongoose';
import { readWithTexts, type LargeTexts } from './large-texts.ts';
import { mapErrors } from './map-error.ts';
import {
  toCandidate,
  toMember,
  toMemberBody,
  type CandidateRow,
  type MemberBodyRow,
  type MemberRow,
  type RequestRow,
} from './request-row.ts';

type CollectRows = Pick<
  RequestStore,
  | 'oldestAccepted'
  | 'claim'
  | 'memberSizes'
  | 'members'
  | 'membersAmong'
  | 'memberBodies'
  | 'groupsWithAccepted'
  | 'collectedBatchIds'
>;

const maxClaim = 1000;

const candidateFields = { acceptedAt: 1, lineBytes: 1, tokens: 1, inputs: 1 };
const memberFields = { base: 1, attempt: 1, rounds: 1, shareable: 1, limited: 1, cacheTtl: 1, endpoint: 1 };

/** What forming a batch and walking through its members need of `requests`. */
export function createCollectRows(rows: mongo.Collection<RequestRow>, texts: LargeTexts): CollectRows {
  return {
    oldestAccepted: (group, limit, after) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        const found = await rows
          .find({ state: 'accepted', group, ...(after && comesAfter(after)) })
          .sort({ acceptedAt: 1, _id: 1 })
          .limit(limit)
          .project<CandidateRow>(candidateFields)
          .toArray();
        return found.map(toCandidate);
      }),

    claim: (group, batchId, keys, at) =>
      mapErrors(async () => {
        if (keys.length > maxClaim) throw new AppError('internal_error', `a claim takes at most ${maxClaim} keys`);
        const { modifiedCount } = await rows.updateMany(
          { _id: { $in: [...keys] }, state: 'accepted', group },
          { $set: { state: 'collected', batchId, collectedAt: at } },
        );
        return modifiedCount;
      }),

    memberSizes: (batchId) =>
      mapErrors(async () => {
        const [sizes] = await rows
          .aggregate<LineSizes>([
            { $match: { state: 'collected', batchId } },
            {
              $group: {
                _id: null,
                lines: { $sum: 1 },
                ...sumOf('bytes', 'lineBytes'),
                ...sumOf('tokens'),
                ...sumOf('inputs'),
              },
            },
            { $project: { _id: 0 } },
          ])
          .toArray();
        return sizes ?? noSizes;
      }),

    members: (batchId, after, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        const found = await pageOf(rows, batchId, after, limit).project<MemberRow>(memberFields).toArray();
        return found.map(toMember);
      }),

    membersAmong: (batchId, keys) =>
      mapErrors(async () => {
        const found = await rows
          .find({ _id: { $in: [...keys] }, state: 'collected', batchId })
          .project<MemberRow>(memberFields)
          .toArray();
        return new Map(found.map((row) => [row._id, toMember(row)]));
      }),

    memberBodies: (batchId, after, limit, maxBytes) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        const bodies = { body: 1, bodyRef: 1 };
        return readWithTexts(() =>
          takeBytes(pageOf(rows, batchId, after, limit).project<MemberBodyRow>(bodies), texts, maxBytes),
        );
      }),

    groupsWithAccepted: (after, limit) =>
      mapErrors(() =>
        seek(
          after,
          limit,
          (last) => oldestOfNextGroup(rows, last),
          ({ group }) => group,
        ),
      ),

    collectedBatchIds: (after, limit) =>
      mapErrors(() =>
        seek(
          after,
          limit,
          (last) => nextCollectedBatch(rows, last),
          (id) => id,
        ),
      ),
  };
}

// The plain bound on acceptedAt keeps the index range tight; the $or alone would scan the group from its start.
function comesAfter({ acceptedAt, key }: Candidate): mongo.Filter<RequestRow> {
  return { acceptedAt: { $gte: acceptedAt }, $or: [{ acceptedAt: { $gt: acceptedAt } }, { _id: { $gt: key } }] };
}

function sumOf(name: string, field = name) {
  return { [name]: { $sum: `$${field}` } };
}

function pageOf(rows: mongo.Collection<RequestRow>, batchId: BatchId, after: RequestKey | null, limit: number) {
  return rows
    .find({ state: 'collected', batchId, ...(after === null ? {} : { _id: { $gt: after } }) })
    .sort({ _id: 1 })
    .limit(limit);
}

// Leaving the loop early closes the cursor: no more is read from the server than one of its replies (16 MiB) beyond.
// A large body is read only once it is known to fit.
async function takeBytes(
  cursor: mongo.FindCursor<MemberBodyRow>,
  texts: LargeTexts,
  maxBytes: number,
): Promise<MemberBody[]> {
  const page: MemberBody[] = [];
  let bytes = 0;
  for await (const row of cursor) {
    const member = toMemberBody(row);
    bytes += 'ref' in member ? member.ref.bytes : Buffer.byteLength(member.body);
    if (bytes > maxBytes && page.length > 0) break;
    page.push('ref' in member ? { key: member.key, body: await texts.read(member.key, member.ref) } : member);
  }
  return page;
}

// Distinct values by jumping from one to the next in the index: the cost is what is returned, not what is stored.
async function seek<T, Position extends string>(
  after: Position | null,
  limit: number,
  next: (after: Position | null) => Promise<T | null>,
  positionOf: (found: T) => Position,
): Promise<T[]> {
  const all: T[] = [];
  for (let last = after; all.length < limit;) {
    const found = await next(last);
    if (found === null) break;
    all.push(found);
    last = positionOf(found);
  }
  return all;
}

async function oldestOfNextGroup(rows: mongo.Collection<RequestRow>, after: GroupId | null) {
  const row = await rows.findOne<Pick<RequestRow, 'group' | 'acceptedAt'>>(
    { state: 'accepted', ...(after !== null && { group: { $gt: after } }) },
    { sort: { group: 1, acceptedAt: 1 }, projection: { _id: 0, group: 1, acceptedAt: 1 } },
  );
  return row && { group: row.group, oldestAcceptedAt: row.acceptedAt };
}

async function nextCollectedBatch(rows: mongo.Collection<RequestRow>, after: BatchId | null) {
  const row = await rows.findOne<Pick<RequestRow, 'batchId'>>(
    { state: 'collected', batchId: after === null ? { $exists: true } : { $gt: after } },
    { sort: { batchId: 1 }, projection: { _id: 0, batchId: 1 } },
  );
  return row?.batchId ?? null;
}
