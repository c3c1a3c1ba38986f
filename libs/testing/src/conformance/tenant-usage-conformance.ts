import { describe, expect, it } from '@jest/globals';
import { formatGroup, tenantId } from '@batch-gpt/contracts';
import { noSizes, noUnused, type BatchRecord, type BilledUsage } from '@batch-gpt/domain';
import {
  sampleAccount,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleRequests,
  sampleSettlement,
  sampleTenant,
} from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';

const stranger = tenantId.parse('stranger');
const day = (n: number) => Date.UTC(2026, 0, n);

/** Declares Jest suites for what the usage port says. */
export function tenantUsageConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as TenantUsage`, () => {
    it(
      "counts a tenant's requests that have no outcome, accepted and collected ones, as far as it is told",
      withStores(open, async ({ requests, batches, usage }) => {
        expect(await usage.pendingOf(sampleTenant, 10)).toBe(0);
        await requests.insert(sampleRequests(7));
        await requests.insert(sampleRequests(2, { tenant: stranger, group: groupOf(stranger) }, 100));
        const keys = [0, 1, 2].map(sampleKey);
        const forming = sampleBatch(1);
        await batches.insert(forming);
        await requests.claim(sampleGroup(), sampleBatchId(1), keys, day(1));
        expect(await usage.pendingOf(sampleTenant, 100)).toBe(7);
        expect(await usage.pendingOf(sampleTenant, 7)).toBe(7);
        expect(await usage.pendingOf(sampleTenant, 5)).toBe(5);
        expect(await usage.pendingOf(stranger, 100)).toBe(2);
        await requests.settle(sampleBatchId(1), [sampleSettlement(sampleKey(0)), sampleSettlement(sampleKey(1))]);
        expect(await usage.pendingOf(sampleTenant, 100)).toBe(5);
        expect(await usage.pendingOf(tenantId.parse('nobody'), 100)).toBe(0);
        const sizes = await requests.memberSizes(forming.id);
        await batches.move(forming, { to: 'claimed', change: { sizes }, at: day(1) });
        expect(await usage.pendingOf(sampleTenant, 100)).toBe(5);
        expect(await usage.pendingOf(sampleTenant, 3)).toBe(3);
      }),
    );

    it(
      'counts the members of a batch in every state, and no others',
      withStores(open, async ({ requests, batches, usage }) => {
        await requests.insert(sampleRequests(3));
        const claimed = sampleBatch(1);
        await batches.insert(claimed);
        await batches.insert(
          sampleBatch(2, { tenant: stranger, state: 'submitted', sizes: { ...noSizes, lines: 50 } }),
        );
        for (const [n, state] of (['settled', 'void'] as const).entries()) {
          await batches.insert(sampleBatch(10 + n, { state, sizes: { ...noSizes, lines: 50 } }));
        }
        await requests.claim(sampleGroup(), claimed.id, [0, 1].map(sampleKey), day(1));
        const sizes = await requests.memberSizes(claimed.id);
        const states = ['forming', 'claimed', 'uploaded', 'submitting', 'submitted', 'ended', 'abandoned'] as const;
        for (const [step, to] of states.slice(1).entries()) {
          expect(await usage.pendingOf(sampleTenant, 100)).toBe(3);
          const from = states[step] ?? to;
          expect(await batches.move({ ...claimed, state: from }, { to, change: { sizes }, at: day(1) })).not.toBeNull();
        }
        await requests.settle(claimed.id, [sampleSettlement(sampleKey(0))]);
        expect(await usage.pendingOf(sampleTenant, 100)).toBe(2);
      }),
    );

    it(
      "counts a tenant's own whose name begins like another's",
      withStores(open, async ({ requests, usage }) => {
        const [short, long] = [tenantId.parse('a'), tenantId.parse('a-b')];
        await requests.insert(sampleRequests(1, { tenant: short, group: groupOf(short) }));
        await requests.insert(sampleRequests(2, { tenant: long, group: groupOf(long) }, 10));
        expect(await usage.pendingOf(short, 100)).toBe(1);
        expect(await usage.pendingOf(long, 100)).toBe(2);
      }),
    );

    it(
      'adds up what settled batches were billed, by the day they settled on and by model',
      withStores(open, async ({ batches, usage }) => {
        const settle = async (n: number, at: number, tokens: number, overrides: Partial<BatchRecord> = {}) => {
          const batch = sampleBatch(n, { state: 'ended', ...overrides });
          await batches.insert(batch);
          const billed = {
            ...{ succeeded: 1, failed: 0, sentAgain: 0 },
            ...{ inputTokens: tokens, cachedTokens: 2, outputTokens: 3 },
          };
          await batches.move(batch, { to: 'settled', change: { billed }, at });
        };
        await settle(1, day(2) - 1, 1);
        await settle(2, day(2), 10);
        await settle(3, day(3) - 1, 100);
        await settle(4, day(3), 1000, { model: 'o3', group: groupOf(sampleTenant, 'o3') });
        await settle(5, day(3), 10_000);
        await settle(6, day(3), 7, { tenant: stranger, group: groupOf(stranger) });
        await batches.insert(sampleBatch(7, { state: 'ended' }));

        const [first, second, third] = ['2026-01-01', '2026-01-02', '2026-01-03'];
        const usual = 'gpt-4o-mini';
        expect(sorted(await usage.spendOf(sampleTenant, third))).toEqual([
          { day: third, model: usual, inputTokens: 10_000, cachedTokens: 2, outputTokens: 3 },
          { day: third, model: 'o3', inputTokens: 1000, cachedTokens: 2, outputTokens: 3 },
        ]);
        const all = sorted(await usage.spendOf(sampleTenant, first));
        expect(all.map((one) => [one.day, one.model, one.inputTokens])).toEqual([
          [first, usual, 1],
          [second, usual, 110],
          [third, usual, 10_000],
          [third, 'o3', 1000],
        ]);
        expect(all[1]).toMatchObject({ cachedTokens: 4, outputTokens: 6 });
        expect(await usage.spendOf(stranger, second)).toHaveLength(1);
        expect(await usage.spendOf(sampleTenant, '2026-01-04')).toEqual([]);

        const sums = await usage.settledOf(sampleTenant, second, third);
        expect(sorted(sums)).toEqual([
          { ...sumOf(second, usual, 2), inputTokens: 110, cachedTokens: 4, outputTokens: 6 },
          { ...sumOf(third, usual, 1), inputTokens: 10_000, cachedTokens: 2, outputTokens: 3 },
          { ...sumOf(third, 'o3', 1), inputTokens: 1000, cachedTokens: 2, outputTokens: 3 },
        ]);
        expect(await usage.settledOf(sampleTenant, first, first)).toMatchObject([{ inputTokens: 1 }]);
        expect(await usage.settledOf(stranger, first, third)).toMatchObject([{ tenant: stranger, inputTokens: 7 }]);
        expect(await usage.settledOf(sampleTenant, '2025-12-01', '2025-12-31')).toEqual([]);
        expect(await usage.settledOf(sampleTenant, third, second)).toEqual([]);
      }),
    );
  });
}

const groupOf = (tenant: typeof stranger, model = 'gpt-4o-mini') =>
  formatGroup({ tenant, account: sampleAccount, endpoint: '/v1/chat/completions', model, split: '' });

const sumOf = (day: string, model: string, batches: number) => ({
  ...{ day, tenant: sampleTenant, model, status: 'failed', batches },
  ...{ lines: 0, succeeded: batches, failed: 0, sentAgain: 0 },
  ...{ lost: 0, unused: noUnused },
});

const sorted = <R extends Pick<BilledUsage, 'day' | 'model'>>(rows: readonly R[]): readonly R[] =>
  rows.toSorted((a, b) => (`${a.day} ${a.model}` < `${b.day} ${b.model}` ? -1 : 1));
