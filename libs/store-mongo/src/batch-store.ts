import type { BatchId } from '@batch-gpt/contracts';
import {
  historyLimit,
  isLegalMove,
  openBatchStates,
  type BatchExpectation,
  type BatchMove,
  type BatchRecord,
  type BatchStore,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import type { Model, mongo } from 'mongoose';
import { toBatchRecord, toBatchRow, type BatchRow } from './batch-row.ts';
import { isDuplicateKey, mapErrors } from './map-error.ts';

const maxNote = 500;

/** An order, and the index that has it: planners are known to sort instead where several begin alike. */
interface Order {
  readonly sort: Record<string, 1 | -1>;
  readonly index: string;
}

const byId: Order = { sort: { _id: 1 }, index: 'open_work' };
const newestFirst: Order = { sort: { createdAt: -1, _id: -1 }, index: 'listing' };

/** The batch port on the model of `batches`: every change is one findOneAndUpdate. */
export function createBatchStore(model: Model<BatchRow>): BatchStore {
  const change = async (filter: mongo.Filter<BatchRow>, update: mongo.UpdateFilter<BatchRow>) => {
    const row = await model.findOneAndUpdate(filter, update, { returnDocument: 'after' }).lean<BatchRow>().exec();
    return row && toBatchRecord(row);
  };
  const findOne = async (filter: mongo.Filter<BatchRow>) => {
    const row = await model.findOne(filter).lean<BatchRow>().exec();
    return row && toBatchRecord(row);
  };
  const page = async (filter: mongo.Filter<BatchRow>, { sort, index }: Order, limit: number) => {
    if (limit <= 0) return [];
    const rows = await model.find(filter).sort(sort).limit(limit).hint(index).lean<BatchRow[]>().exec();
    return rows.map(toBatchRecord);
  };

  return {
    insert: (batch) =>
      mapErrors(async () => {
        try {
          await model.create([toBatchRow(batch)]);
        } catch (error) {
          if (isDuplicateKey(error)) throw new AppError('internal_error', 'a batch of this id exists');
          throw error;
        }
      }),

    get: (id) => mapErrors(() => findOne({ _id: id })),

    getMany: (ids) =>
      mapErrors(async () => {
        const rows = await model
          .find({ _id: { $in: [...ids] } })
          .lean<BatchRow[]>()
          .exec();
        return new Map(rows.map((row) => [row._id, toBatchRecord(row)]));
      }),

    move: (expected, move) => mapErrors(() => change(filterOf(expected, move), updateOf(expected, move))),

    beat: (held) =>
      mapErrors(async () => {
        if (held.length === 0) return new Set<BatchId>();
        const still = { $or: held.map(inEpoch), owner: { $ne: null } };
        const { matchedCount } = await model.updateMany(still, { $inc: { beat: 1 } });
        if (matchedCount === held.length) return new Set<BatchId>();
        // A batch that is held in this epoch now was so above: an owner comes back only with a higher epoch.
        const rows = await model.find(still, { _id: 1 }).lean<Pick<BatchRow, '_id'>[]>().exec();
        const kept = new Set(rows.map(({ _id }) => _id));
        return new Set(held.map(({ id }) => id).filter((id) => !kept.has(id)));
      }),

    takeOver: (id, epoch, owner, at) =>
      mapErrors(() => change({ _id: id, epoch }, { $set: { owner, updatedAt: at }, $inc: { epoch: 1 } })),

    release: (held) =>
      mapErrors(async () => {
        if (held.length > 0) await model.updateMany({ $or: held.map(inEpoch) }, { $set: { owner: null } });
      }),

    open: (after, limit) =>
      mapErrors(() =>
        page({ state: { $in: openBatchStates }, ...(after === null ? {} : { _id: { $gt: after } }) }, byId, limit),
      ),

    requestCancel: (id, at) =>
      mapErrors(async () => {
        const unflagged = { _id: id, state: { $in: openBatchStates }, cancelRequestedAt: null };
        return (await change(unflagged, { $set: { cancelRequestedAt: at } })) ?? (await findOne({ _id: id }));
      }),

    findForTenant: (tenant, text) =>
      mapErrors(
        async () =>
          (await findOne({ _id: text as BatchId, tenant })) ?? (await findOne({ tenant, providerBatchId: text })),
      ),

    list: (tenant, after, limit) =>
      mapErrors(async () => {
        const last = after === null ? null : await findOne({ _id: after, tenant });
        if (after !== null && last === null) return [];
        const filter = { tenant, state: { $ne: 'void' as const }, ...(last && comesAfter(last)) };
        return page(filter, newestFirst, limit);
      }),

    ended: (state, before, limit) =>
      mapErrors(async () => {
        if (limit <= 0) return [];
        const rows = await model
          .find({ state, updatedAt: { $lt: before } }, { _id: 1 })
          .sort({ updatedAt: 1, _id: 1 })
          .limit(limit)
          .hint('ended')
          .lean<Pick<BatchRow, '_id'>[]>()
          .exec();
        return rows.map(({ _id }) => _id);
      }),

    remove: (id, state) => mapErrors(async () => (await model.deleteOne({ _id: id, state })).deletedCount > 0),
  };
}

function filterOf({ id, state, epoch, attempt }: BatchExpectation, { to }: BatchMove): mongo.Filter<BatchRow> {
  if (!isLegalMove(state, to)) throw new AppError('internal_error', `illegal move of a batch: ${state} to ${to}`);
  return { _id: id, state, epoch, ...(attempt !== undefined && { attempt }) };
}

function updateOf({ state }: BatchExpectation, { to, change, note, at }: BatchMove): mongo.UpdateFilter<BatchRow> {
  const entry = { state: to, at, note: note?.slice(0, maxNote) ?? null };
  const worthNoting = to !== state || note !== undefined;
  return {
    $set: { ...change, state: to, updatedAt: at },
    ...(worthNoting && { $push: { history: { $each: [entry], $slice: -historyLimit } } }),
  };
}

function inEpoch({ id, epoch }: { readonly id: BatchId; readonly epoch: number }) {
  return { _id: id, epoch };
}

// Newest first; the plain bound keeps the index range tight.
function comesAfter({ createdAt, id }: BatchRecord): mongo.Filter<BatchRow> {
  return { createdAt: { $lte: createdAt }, $or: [{ createdAt: { $lt: createdAt } }, { _id: { $lt: id } }] };
}
