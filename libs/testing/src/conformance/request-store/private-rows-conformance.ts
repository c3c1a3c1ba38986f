import { describe, expect, it } from '@jest/globals';
import { tenantId } from '@batch-gpt/contracts';
import {
  sampleBatchId,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
  sampleTenant,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { runAtOnce } from '../run-at-once.ts';
import { collectSamples, endSamples, mustFind } from './steps.ts';

const base = sampleKey(1000);
const privateRow = (n: number) => sampleRequest(n, { base, shareable: false });

/** claimPrivate. */
export function privateRowsConformance(open: OpenEmptyStores): void {
  describe('claimPrivate', () => {
    it(
      'claims a row once for each attempt, and never for an earlier one',
      withStores(open, async ({ requests }) => {
        await requests.insert([privateRow(1)]);
        expect(await requests.claimPrivate(sampleTenant, base, 0)).toBeNull();
        expect(await requests.claimPrivate(sampleTenant, base, 2)).toBe(sampleKey(1));
        expect(await requests.claimPrivate(sampleTenant, base, 2)).toBeNull();
        expect(await requests.claimPrivate(sampleTenant, base, 1)).toBeNull();
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ retry: 2, base, state: 'accepted' });
        // Only an ended row can be delivered.
        await requests.markDelivered([sampleKey(1)]);
        expect(await requests.claimPrivate(sampleTenant, base, 3)).toBe(sampleKey(1));
      }),
    );

    it(
      'claims open rows and ended ones that were not delivered',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, sampleBatchId(1), [privateRow(1)]);
        expect(await requests.claimPrivate(sampleTenant, base, 1)).toBe(sampleKey(1));
        const outcome = sampleOutcome({ shareable: false });
        await requests.settle(sampleBatchId(1), [sampleSettlement(sampleKey(1), outcome)]);
        expect(await requests.claimPrivate(sampleTenant, base, 2)).toBe(sampleKey(1));
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({ state: 'done', outcome, retry: 2 });
        await requests.markDelivered([sampleKey(1)]);
        expect(await requests.claimPrivate(sampleTenant, base, 3)).toBeNull();
      }),
    );

    it(
      'never claims an ordinary row, other content or another tenant',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1000), sampleRequest(1, { base: sampleKey(2000) })]);
        await requests.insert([sampleRequest(2, { base, tenant: tenantId.parse('other') })]);
        expect(await requests.claimPrivate(sampleTenant, base, 5)).toBeNull();
      }),
    );

    it(
      'gives every row to exactly one of many concurrent callers',
      withStores(open, async ({ requests }) => {
        await requests.insert([privateRow(1), privateRow(2)]);
        await endSamples(requests, [privateRow(3)], sampleOutcome());
        const claimed = await runAtOnce(12, () => requests.claimPrivate(sampleTenant, base, 1));
        const won = claimed.filter((key) => key !== null);
        expect(won.toSorted()).toEqual([1, 2, 3].map(sampleKey));
      }),
    );
  });
}
