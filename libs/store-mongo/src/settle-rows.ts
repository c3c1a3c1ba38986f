import type { RequestStore, Settlement } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import { mapErrors } from './map-error.ts';
import { moveRows, type RowMove } from './move-rows.ts';
import type { RequestRow } from './request-row.ts';
import { maxTextBytes, refuseLargeOutcomes } from './text-limit.ts';

type SettleRows = Pick<RequestStore, 'settle' | 'settleLate' | 'returnMembers' | 'endAccepted' | 'removeExpired'>;

/** How rows of `requests` leave their batch, and the collection. */
export function createSettleRows(rows: mongo.Collection<RequestRow>, keepRequestBodies: boolean): SettleRows {
  const end = (filterOf: (settlement: Settlement) => RowMove['filter'], settlements: readonly Settlement[]) => {
    refuseLargeOutcomes(settlements);
    return moveRows(
      rows,
      settlements.flatMap((settlement) => endMoves(settlement, filterOf(settlement), keepRequestBodies)),
    );
  };

  return {
    settle: (batchId, settlements) =>
      mapErrors(() => end(({ key }) => ({ _id: key, state: 'collected', batchId }), settlements)),

    endAccepted: (settlements) => mapErrors(() => end(({ key }) => ({ _id: key, state: 'accepted' }), settlements)),

    settleLate: (batchId, settlements) =>
      mapErrors(() =>
        end(
          ({ key }) => ({
            _id: key,
            $or: [{ state: 'accepted' }, { state: 'done', batchId, 'outcome.kind': 'failed' }],
          }),
          settlements,
        ),
      ),

    returnMembers: (batchId, returns) =>
      mapErrors(() =>
        moveRows(
          rows,
          returns.map(({ key, group, attempt, rounds }) => ({
            filter: { _id: key, state: 'collected', batchId },
            set: { state: 'accepted', group, attempt, rounds },
            unset: ['batchId', 'collectedAt'],
          })),
        ),
      ),

    removeExpired: (now, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return 0;
        const expired = { state: 'done' as const, expiresAt: { $lte: now } };
        const found = await rows.find(expired, { sort: { expiresAt: 1 }, limit, projection: { _id: 1 } }).toArray();
        if (found.length === 0) return 0;
        // Asked again: a row that was accepted anew meanwhile is not ended any more.
        const { deletedCount } = await rows.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, ...expired });
        return deletedCount;
      }),
  };
}

// A body that is to be kept goes all the same where it and the outcome do not fit one document: two ways, one matches.
function endMoves(settlement: Settlement, filter: RowMove['filter'], keepRequestBodies: boolean): RowMove[] {
  const set = doneFields(settlement);
  const withoutBody: RowMove = { filter, set, unset: ['body'] };
  if (!keepRequestBodies) return [withoutBody];
  const room = maxTextBytes - set.outcomeBytes;
  return [
    { filter: { ...filter, lineBytes: { $lte: room } }, set },
    { ...withoutBody, filter: { ...filter, lineBytes: { $gt: room } } },
  ];
}

function doneFields({ outcome, attempt, reuseUntil, expiresAt }: Settlement) {
  const { kind, status, body, shareable, usage, providerRequestId, batchId, at } = outcome;
  return {
    state: 'done' as const,
    outcome: { kind, status, body, shareable, usage, providerRequestId, batchId, at },
    outcomeBytes: Buffer.byteLength(body),
    attempt,
    doneAt: at,
    reuseUntil,
    expiresAt,
    delivered: false,
  };
}
