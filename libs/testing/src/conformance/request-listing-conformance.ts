import { describe, expect, it } from '@jest/globals';
import { tenantId, type RequestKey } from '@batch-gpt/contracts';
import type { ListingFilter, RequestListing, RequestSummary } from '@batch-gpt/domain';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTenant,
  sampleTime,
} from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';
import { collectSamples, endSamples, mustFind } from './request-store/steps.ts';

const stranger = tenantId.parse('stranger');
const all: ListingFilter = { state: null, model: null };

/** Declares Jest suites for what the listing port says. */
export function requestListingConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as a RequestListing`, () => {
    it(
      'shows every field of a request in every state but the texts',
      withStores(open, async ({ requests, listing }) => {
        const odd = { base: sampleKey(99), retry: 3, limited: true, cacheTtl: 7000, model: 'a "b" \u2028' };
        await requests.insert([sampleRequest(1, odd)]);
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(2, { group: sampleGroup('b') })]);
        await collectSamples(requests, sampleBatchId(2), [sampleRequest(3, { group: sampleGroup('c') })]);
        await requests.settle(sampleBatchId(2), [
          sampleSettlement(sampleKey(3), sampleOutcome({ batchId: sampleBatchId(2) })),
        ]);
        await endSamples(requests, [sampleRequest(4)], sampleOutcome({ kind: 'failed', status: 400, usage: null }));
        await endSamples(requests, [sampleRequest(5)], sampleOutcome());
        await requests.acceptAnew([{ row: sampleRequest(5), doneAt: sampleOutcome().at }]);
        const page = await listing.list(sampleTenant, all, null, 10);
        const rows = await Promise.all([5, 4, 3, 2, 1].map((n) => mustFind(requests, sampleKey(n))));
        const summaries = rows.map((row) => {
          const { outcome, ...facts } = row.state === 'done' ? withoutKept(row) : row;
          if (outcome === null) return { ...facts, outcome };
          const { body: _, ...shown } = outcome;
          return { ...facts, outcome: shown };
        });
        expect(page).toEqual({ found: summaries, next: null });
      }),
    );

    it(
      'pages through the requests of a tenant, newest first, ties by key',
      withStores(open, async ({ requests, listing }) => {
        await requests.insert([3, 1, 2, 5, 4].map((n) => sampleRequest(n, { acceptedAt: sampleTime })));
        await requests.insert([sampleRequest(0, { acceptedAt: sampleTime + 1 })]);
        await requests.insert([sampleRequest(6, { acceptedAt: sampleTime - 1 })]);
        await requests.insert([sampleRequest(7, { acceptedAt: sampleTime, tenant: stranger })]);
        for (const limit of [1, 2, 3, 7, 100]) {
          expect(keysOf(await readAll(listing, all, limit))).toEqual([0, 5, 4, 3, 2, 1, 6].map(sampleKey));
        }
        expect(await listing.list(stranger, all, null, 1)).toMatchObject({
          found: [{ key: sampleKey(7) }],
          next: null,
        });
        expect(await listing.list(tenantId.parse('nobody'), all, null, 5)).toEqual({ found: [], next: null });
      }),
    );

    it(
      'goes on where the last page ended while rows come, move and go, and gives null where that row is gone',
      withStores(open, async ({ requests, listing, cache }) => {
        await endSamples(requests, sampleRequests(9, { acceptedAt: sampleTime }), sampleOutcome());
        const first = await listing.list(sampleTenant, all, null, 3);
        expect(first).toMatchObject({ found: [8, 7, 6].map((n) => ({ key: sampleKey(n) })), next: sampleKey(6) });
        await requests.insert([sampleRequest(100), sampleRequest(101, { acceptedAt: sampleTime - 1 })]);
        await cache.purge({ keys: [sampleKey(7), sampleKey(4)] }, 10);
        const second = await listing.list(sampleTenant, all, sampleKey(6), 3);
        expect(second).toMatchObject({ found: [5, 3, 2].map((n) => ({ key: sampleKey(n) })), next: sampleKey(2) });
        await cache.purge({ keys: [sampleKey(2)] }, 10);
        expect(await listing.list(sampleTenant, all, sampleKey(2), 3)).toBeNull();
        const rest = await listing.list(sampleTenant, all, sampleKey(3), 9);
        expect(rest).toMatchObject({ found: [1, 0, 101].map((n) => ({ key: sampleKey(n) })), next: null });
      }),
    );

    it(
      'gives null after a foreign request, as after an unknown one',
      withStores(open, async ({ requests, listing }) => {
        await requests.insert([sampleRequest(1), sampleRequest(2, { tenant: stranger })]);
        expect(await listing.list(sampleTenant, all, sampleKey(2), 5)).toBeNull();
        expect(await listing.list(sampleTenant, all, sampleKey(404), 5)).toBeNull();
        expect(await listing.list(sampleTenant, all, sampleKey(1), 5)).toEqual({ found: [], next: null });
        for (const none of [0, -1]) {
          expect(await listing.list(sampleTenant, all, null, none)).toEqual({ found: [], next: null });
        }
      }),
    );

    it(
      'filters by state and model',
      withStores(open, async ({ requests, listing }) => {
        await requests.insert([1, 2].map((n) => sampleRequest(n, { model: n === 1 ? 'a' : 'b' })));
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(3, { model: 'a', group: sampleGroup('x') })]);
        await endSamples(requests, [sampleRequest(4, { model: 'a' }), sampleRequest(5)], sampleOutcome());
        const shown = async (filter: Partial<ListingFilter>) =>
          keysOf(await readAll(listing, { ...all, ...filter }, 2));
        expect(await shown({ model: 'a' })).toEqual([4, 3, 1].map(sampleKey));
        expect(await shown({ state: 'accepted' })).toEqual([2, 1].map(sampleKey));
        expect(await shown({ state: 'collected' })).toEqual([sampleKey(3)]);
        expect(await shown({ state: 'done' })).toEqual([5, 4].map(sampleKey));
        expect(await shown({ state: 'done', model: 'a' })).toEqual([sampleKey(4)]);
        expect(await shown({ model: "' OR 1=1 --" })).toEqual([]);
      }),
    );

    it(
      'reads a bounded number of rows for a page of a narrow filter, and says that more follow',
      withStores(open, async ({ requests, listing }) => {
        await requests.insert(sampleRequests(45));
        await requests.insert([sampleRequest(1000, { acceptedAt: sampleTime - 1, model: 'rare' })]);
        const rare = { state: null, model: 'rare' };
        expect(await listing.list(sampleTenant, rare, null, 2)).toEqual({ found: [], next: sampleKey(25) });
        expect(await listing.list(sampleTenant, rare, sampleKey(25), 2)).toEqual({ found: [], next: sampleKey(5) });
        expect(await listing.list(sampleTenant, rare, sampleKey(5), 2)).toMatchObject({
          found: [{ key: sampleKey(1000) }],
          next: null,
        });
      }),
    );
  });
}

async function readAll(listing: RequestListing, filter: ListingFilter, limit: number): Promise<RequestSummary[]> {
  const seen: RequestSummary[] = [];
  for (let after: RequestKey | null = null; ;) {
    const page = await listing.list(sampleTenant, filter, after, limit);
    if (page === null) throw new Error('the page before this one is gone');
    expect(page.found.length).toBeLessThanOrEqual(limit);
    seen.push(...page.found);
    if (page.next === null) return seen;
    after = page.next;
  }
}

function keysOf(rows: readonly RequestSummary[]): RequestKey[] {
  return rows.map(({ key }) => key);
}

function withoutKept<T extends { readonly kept: unknown }>({ kept: _, ...facts }: T): Omit<T, 'kept'> {
  return facts;
}
