import type { TenantId } from '@batch-gpt/contracts';
import { changingMemberStates, fixedMemberStates, type BilledUsage, type TenantUsage } from '@batch-gpt/domain';
import type { mongo } from 'mongoose';
import type { BatchRow } from './batch-row.ts';
import { mapErrors } from './map-error.ts';
import type { RequestRow } from './request-row.ts';
import { readSums } from './settled-sums.ts';

const msPerDay = 86_400_000;

/** The usage port on `requests` and `batches`. */
export function createTenantUsage(
  rows: mongo.Collection<RequestRow>,
  batches: mongo.Collection<BatchRow>,
): TenantUsage {
  return {
    pendingOf: (tenant, atMost) =>
      mapErrors(async () => {
        if (atMost <= 0) return 0;
        const open = await openBatches(tenant);
        let pending = open.reduce((sum, { state, sizes }) => sum + (isFixed(state) ? sizes.lines : 0), 0);
        if (pending >= atMost) return atMost;
        // Ids of groups begin with their tenant and a bar; what comes after the bar is the next character.
        const group = { $gt: `${tenant}|`, $lt: `${tenant}}` } as mongo.Condition<RequestRow['group']>;
        pending += await rows.countDocuments({ state: 'accepted', group }, { limit: atMost - pending });
        if (pending >= atMost) return atMost;
        const changing = open.filter(({ state }) => !isFixed(state)).map(({ _id }) => _id);
        if (changing.length === 0) return pending;
        const collected = { state: 'collected' as const, batchId: { $in: changing } };
        return pending + (await rows.countDocuments(collected, { limit: atMost - pending }));
      }),

    spendOf: (tenant, sinceDay) =>
      mapErrors(async () => {
        const sums = await batches
          .aggregate<Omit<BilledUsage, 'day' | 'model'> & { readonly _id: { day: number; model: string } }>([
            { $match: { tenant, state: 'settled', updatedAt: { $gte: Date.parse(sinceDay) }, billed: { $ne: null } } },
            {
              $group: {
                _id: { day: { $floor: { $divide: ['$updatedAt', msPerDay] } }, model: '$model' },
                inputTokens: { $sum: '$billed.inputTokens' },
                cachedTokens: { $sum: '$billed.cachedTokens' },
                outputTokens: { $sum: '$billed.outputTokens' },
              },
            },
          ])
          .toArray();
        return sums.map(({ _id: { day, model }, ...tokens }) => ({
          day: new Date(day * msPerDay).toISOString().slice(0, 10),
          model,
          ...tokens,
        }));
      }),

    settledOf: (tenant, fromDay, toDay) =>
      mapErrors(() => {
        const updatedAt = { $gte: Date.parse(fromDay), $lt: Date.parse(toDay) + msPerDay };
        return readSums(batches, { tenant, state: 'settled', updatedAt }, 'usage');
      }),
  };

  function openBatches(tenant: TenantId) {
    return batches
      .find({ tenant, state: { $in: [...fixedMemberStates, ...changingMemberStates] } })
      .project<Pick<BatchRow, '_id' | 'state' | 'sizes'>>({ state: 1, sizes: 1 })
      .toArray();
  }
}

function isFixed(state: BatchRow['state']): boolean {
  return fixedMemberStates.includes(state);
}
