import type { RequestKey } from '@batch-gpt/contracts';
import { keepsBody, type KeepBodies, type RequestStore, type Settlement } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import type { LargeTexts } from './large-texts.ts';
import { mapErrors } from './map-error.ts';
import { moveRows, type RowMove } from './move-rows.ts';
import type { RequestRow } from './request-row.ts';
import type { TextRef } from './text-files.ts';
import { refuseLargeOutcomes } from './text-limit.ts';

type SettleRows = Pick<RequestStore, 'settle' | 'settleLate' | 'returnMembers' | 'endAccepted' | 'removeExpired'>;

/** How rows of `requests` leave their batch, and the collection. */
export function createSettleRows(
  rows: mongo.Collection<RequestRow>,
  texts: LargeTexts,
  keepRequestBodies: KeepBodies,
): SettleRows {
  const unsetFor = ({ outcome }: Settlement) => [
    ...(keepsBody(keepRequestBodies, outcome) ? [] : (['body', 'bodyRef'] as const)),
    // A success replaces what was kept beside a failure.
    ...(outcome.kind === 'failed' ? [] : (['kept'] as const)),
  ];
  const end = async (filterOf: (settlement: Settlement) => RowMove['filter'], settlements: readonly Settlement[]) => {
    refuseLargeOutcomes(settlements);
    const refs = await texts.keep(settlements.map(({ key, outcome: { body } }) => ({ key, body })));
    const keptUntil = await setSuccessesAside(rows, settlements.filter(hasFailed).map(filterOf));
    return moveRows(
      rows,
      settlements.map((settlement, position) => ({
        filter: filterOf(settlement),
        set: doneFields(settlement, refs.get(position), keptUntil.get(settlement.key)),
        unset: unsetFor(settlement),
      })),
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

const hasFailed = ({ outcome }: Settlement): boolean => outcome.kind === 'failed';

/**
 * Before failures are stored: old shareable successes of these rows move to `kept`, where they go on answering while the
 * row is open. Dying in between is harmless: the move that follows is made again. Gives until when what is kept answers.
 */
async function setSuccessesAside(
  rows: mongo.Collection<RequestRow>,
  filters: readonly RowMove['filter'][],
): Promise<ReadonlyMap<RequestKey, number>> {
  if (filters.length === 0) return new Map();
  const ids = { $in: filters.map(({ _id }) => _id) };
  const holding = await rows
    .find({ _id: ids, $or: [sharedSuccess, { kept: { $exists: true } }] })
    .project<Pick<RequestRow, '_id' | 'reuseUntil' | 'kept'>>({ reuseUntil: 1, 'kept.reuseUntil': 1 })
    .toArray();
  if (holding.length === 0) return new Map();
  const held = new Set(holding.map(({ _id }) => _id));
  await rows.bulkWrite(
    filters
      .filter(({ _id }) => held.has(_id))
      .map((filter) => ({
        updateOne: {
          filter: { $and: [filter, sharedSuccess] },
          update: { $rename: { outcome: 'kept.outcome', reuseUntil: 'kept.reuseUntil' } },
        },
      })),
    { ordered: false },
  );
  return new Map(holding.map(({ _id, reuseUntil = 0, kept }) => [_id, kept?.reuseUntil ?? reuseUntil]));
}

const sharedSuccess = { 'outcome.kind': 'succeeded' as const, 'outcome.shareable': true };

function doneFields(
  { outcome, attempt, reuseUntil, expiresAt }: Settlement,
  ref: TextRef | undefined,
  keptUntil: number | undefined,
) {
  const { kind, status, body, shareable, usage, providerRequestId, batchId, at } = outcome;
  return {
    state: 'done' as const,
    outcome: { kind, status, ...(ref ? { bodyRef: ref } : { body }), shareable, usage, providerRequestId, batchId, at },
    attempt,
    doneAt: at,
    reuseUntil,
    expiresAt: Math.max(expiresAt, keptUntil ?? 0),
    delivered: false,
  };
}
