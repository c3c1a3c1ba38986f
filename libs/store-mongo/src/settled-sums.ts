import type { SettledSum } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import type { BatchRow } from './batch-row.ts';

const msPerDay = 86_400_000;

type SumRow = Omit<SettledSum, 'day' | 'tenant' | 'model' | 'status' | 'unused'> & {
  readonly unusedInput: number;
  readonly unusedCached: number;
  readonly unusedOutput: number;
  readonly _id: { readonly day: number } & Pick<SettledSum, 'tenant' | 'model' | 'status'>;
};

/** Sums over the batches that match, read from this index. */
export async function readSums(
  batches: mongo.Collection<BatchRow>,
  match: mongo.Filter<BatchRow>,
  index: string,
): Promise<readonly SettledSum[]> {
  const sums = await batches
    .aggregate<SumRow>([{ $match: match }, { $group: { _id: kindOfSum, batches: { $sum: 1 }, ...numbersOfSum } }], {
      hint: index,
    })
    .toArray();
  return sums.map(({ _id: { day, ...kind }, unusedInput, unusedCached, unusedOutput, ...numbers }) => ({
    day: new Date(day * msPerDay).toISOString().slice(0, 10),
    ...kind,
    ...numbers,
    unused: { inputTokens: unusedInput, cachedTokens: unusedCached, outputTokens: unusedOutput },
  }));
}

const numbersOfSum = {
  lines: { $sum: '$sizes.lines' },
  succeeded: { $sum: '$billed.succeeded' },
  failed: { $sum: '$billed.failed' },
  sentAgain: { $sum: '$billed.sentAgain' },
  inputTokens: { $sum: '$billed.inputTokens' },
  cachedTokens: { $sum: '$billed.cachedTokens' },
  outputTokens: { $sum: '$billed.outputTokens' },
  lost: { $sum: '$billed.lost' },
  unusedInput: { $sum: '$billed.unused.inputTokens' },
  unusedCached: { $sum: '$billed.unused.cachedTokens' },
  unusedOutput: { $sum: '$billed.unused.outputTokens' },
};

/** As `lastStatus` has it. */
const kindOfSum = {
  day: { $floor: { $divide: ['$updatedAt', msPerDay] } },
  tenant: '$tenant',
  model: '$model',
  status: {
    $ifNull: ['$provider.status', { $cond: [{ $eq: ['$cancelRequestedAt', null] }, 'failed', 'cancelled'] }],
  },
};
