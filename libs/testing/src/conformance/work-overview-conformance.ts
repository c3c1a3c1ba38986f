import { describe, expect, it } from '@jest/globals';
import { formatGroup, tenantId } from '@batch-gpt/contracts';
import { noSizes, type BatchRecord, type ProviderSnapshot, type SettledSum } from '@batch-gpt/domain';
import {
  sampleAccount,
  sampleBatch,
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSnapshot,
  sampleTenant,
  sampleTime,
} from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';
import { collectSamples, endSamples } from './request-store/steps.ts';

const stranger = tenantId.parse('stranger');
const day = (n: number) => Date.UTC(2026, 0, n);

/** Declares Jest suites for what the overview port says. */
export function workOverviewConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as a WorkOverview`, () => {
    it(
      'counts what waits in each group, and nothing else, as far as it is told',
      withStores(open, async ({ requests, overview }) => {
        expect(await overview.pendingGroups(10, 100)).toEqual([]);
        const [a, b, c] = [sampleGroup('a'), sampleGroup('b'), sampleGroup('c')];
        await requests.insert(sampleRequests(5, { group: a }, 10));
        await requests.insert(sampleRequests(3, { group: b }, 20));
        await requests.insert(sampleRequests(2, { group: c }, 30));
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(1, { group: sampleGroup('d') })]);
        await endSamples(requests, [sampleRequest(2, { group: a })], sampleOutcome());
        const groups = [
          { group: a, pending: 5, isMore: false, oldestAcceptedAt: sampleTime + 10 },
          { group: b, pending: 3, isMore: false, oldestAcceptedAt: sampleTime + 20 },
          { group: c, pending: 2, isMore: false, oldestAcceptedAt: sampleTime + 30 },
        ];
        expect(await overview.pendingGroups(10, 10)).toEqual(groups);
        expect(await overview.pendingGroups(2, 100)).toEqual(groups.slice(0, 2));
        const bounded = await overview.pendingGroups(10, 7);
        expect(bounded.map(({ pending, isMore }) => [pending, isMore])).toEqual([
          [5, false],
          [2, true],
          [1, true],
        ]);
      }),
    );

    it(
      'adds up what settled in a time by day, tenant, model and last status',
      withStores(open, async ({ batches, overview }) => {
        const settle = async (n: number, at: number, overrides: Partial<BatchRecord>, failed = 0) => {
          const batch = sampleBatch(n, { state: 'ended', sizes: { ...noSizes, lines: 10 }, ...overrides });
          await batches.insert(batch);
          const billed = {
            ...{ succeeded: 10 - failed, failed, sentAgain: 1 },
            ...{ inputTokens: 100, cachedTokens: 20, outputTokens: 3 },
            // A record of an earlier release does not say.
            ...(failed > 0 && { lost: 2, unused: { inputTokens: 7, cachedTokens: 1, outputTokens: 2 } }),
          };
          await batches.move(batch, { to: 'settled', change: { billed }, at });
        };
        const completed = { provider: providerSaying('completed') };
        const strange = formatGroup({
          ...{ tenant: stranger, account: sampleAccount, endpoint: '/v1/chat/completions' },
          ...{ model: 'gpt-4o-mini', split: '' },
        });
        await settle(1, day(2), completed);
        await settle(2, day(3) - 1, completed, 4);
        await settle(3, day(3), completed);
        await settle(4, day(2), { provider: providerSaying('expired') });
        await settle(5, day(2), {});
        await settle(6, day(2), { cancelRequestedAt: day(1) });
        await settle(7, day(2), { ...completed, model: 'o3', group: sampleGroup('o3') });
        await settle(8, day(2), { ...completed, tenant: stranger, group: strange });
        await batches.insert(sampleBatch(9, { state: 'submitted', updatedAt: day(2) }));
        await batches.insert(sampleBatch(10, { state: 'void', updatedAt: day(2) }));

        const sums = await overview.settledSums(day(2), day(3));
        expect(sums.map(nameOf).toSorted()).toEqual([
          '2026-01-02 acme gpt-4o-mini cancelled 1',
          '2026-01-02 acme gpt-4o-mini completed 2',
          '2026-01-02 acme gpt-4o-mini expired 1',
          '2026-01-02 acme gpt-4o-mini failed 1',
          '2026-01-02 acme o3 completed 1',
          '2026-01-02 stranger gpt-4o-mini completed 1',
        ]);
        expect(sums.find((sum) => sum.batches === 2)).toEqual({
          ...{ day: '2026-01-02', tenant: sampleTenant, model: 'gpt-4o-mini', status: 'completed' },
          ...{ batches: 2, lines: 20, succeeded: 16, failed: 4, sentAgain: 2 },
          ...{ inputTokens: 200, cachedTokens: 40, outputTokens: 6 },
          ...{ lost: 2, unused: { inputTokens: 7, cachedTokens: 1, outputTokens: 2 } },
        });
        expect((await overview.settledSums(day(1), day(9))).map(nameOf)).toContain(
          '2026-01-03 acme gpt-4o-mini completed 1',
        );
        expect(await overview.settledSums(day(4), day(9))).toEqual([]);
      }),
    );

    it(
      'counts a batch that settled with nothing billed',
      withStores(open, async ({ batches, overview }) => {
        await batches.insert(sampleBatch(1, { state: 'settled', updatedAt: day(2), billed: null }));
        expect(await overview.settledSums(day(2), day(3))).toMatchObject([
          { batches: 1, lines: 0, succeeded: 0, failed: 0, sentAgain: 0, inputTokens: 0, status: 'failed' },
        ]);
      }),
    );

    it(
      'lists settled batches of all tenants, those that settled last first, from any place',
      withStores(open, async ({ batches, overview }) => {
        const settled = (n: number, at: number, overrides: Partial<BatchRecord> = {}) =>
          sampleBatch(n, { state: 'settled', updatedAt: at, ...overrides });
        const records = [
          settled(1, day(1)),
          settled(2, day(2)),
          settled(4, day(2), { tenant: stranger }),
          settled(3, day(3)),
        ];
        for (const record of records) await batches.insert(record);
        await batches.insert(sampleBatch(5, { state: 'submitted', updatedAt: day(2) }));
        await batches.insert(sampleBatch(6, { state: 'void', updatedAt: day(2) }));
        const numbers = async (place: Parameters<typeof overview.settledBatches>[0], limit = 10) =>
          (await overview.settledBatches(place, limit)).map(({ id }) => id);
        expect(await numbers(null)).toEqual([3, 4, 2, 1].map(sampleBatchId));
        expect(await numbers(null, 2)).toEqual([3, 4].map(sampleBatchId));
        expect(await numbers({ at: day(2), id: sampleBatchId(4) })).toEqual([2, 1].map(sampleBatchId));
        expect(await numbers({ at: day(2), id: sampleBatchId(404) })).toEqual([4, 2, 1].map(sampleBatchId));
        expect(await numbers({ at: day(1), id: sampleBatchId(1) })).toEqual([]);
        expect(await numbers(null, 0)).toEqual([]);
        expect((await overview.settledBatches(null, 1))[0]).toEqual(await batches.get(sampleBatchId(3)));
      }),
    );

    it(
      'says nothing of requests that have ended',
      withStores(open, async ({ requests, overview }) => {
        await endSamples(requests, [sampleRequest(1), sampleRequest(2)], sampleOutcome());
        expect(await overview.pendingGroups(10, 10)).toEqual([]);
        await requests.insert([sampleRequest(3)]);
        expect(await requests.oldestAccepted(sampleGroup(), 10, null)).toMatchObject([{ key: sampleKey(3) }]);
        expect(await overview.pendingGroups(10, 10)).toMatchObject([{ pending: 1 }]);
      }),
    );
  });
}

const nameOf = (sum: SettledSum): string => `${sum.day} ${sum.tenant} ${sum.model} ${sum.status} ${sum.batches}`;

const providerSaying = (status: string): ProviderSnapshot =>
  sampleSnapshot({ status, counts: { total: 10, completed: 10, failed: 0 } });
