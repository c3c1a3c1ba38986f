import { describe, expect, it } from '@jest/globals';
import { requestKey, tenantId, type RequestKey } from '@batch-gpt/contracts';
import { summaryOf, type Place, type RequestSearch, type RequestSummary } from '@batch-gpt/domain';
import { sampleBatchId, sampleKey, sampleOutcome, sampleRequest, sampleTenant, sampleTime } from '../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';
import { collectSamples, endSamples, mustFind } from './request-store/steps.ts';

const stranger = tenantId.parse('stranger');

/** Declares Jest suites for what the search port says. */
export function requestSearchConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as a RequestSearch`, () => {
    it(
      'finds requests of every tenant and state by how their key begins, in order, in pages',
      withStores(open, async ({ requests, search }) => {
        const keyed = (beginning: string) => requestKey.parse(beginning.padEnd(64, '0'));
        const [first, second, third, other] = [keyed('abc'), keyed('abcd'), keyed('abcf'), keyed('abd')];
        await requests.insert([sampleRequest(1, { key: third }), sampleRequest(2, { key: other, tenant: stranger })]);
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(3, { key: second, tenant: stranger })]);
        await endSamples(requests, [sampleRequest(4, { key: first })], sampleOutcome());
        const find = (beginning: string, limit = 10, after: RequestKey | null = null) =>
          search.keyedLike(beginning, after, limit);
        expect(keysOf(await find('abc'))).toEqual([first, second, third]);
        expect(keysOf(await find('abc', 2))).toEqual([first, second]);
        expect(keysOf(await find('abc', 2, second))).toEqual([third]);
        expect(keysOf(await find('abcd'))).toEqual([second]);
        expect(keysOf(await find(first))).toEqual([first]);
        expect(keysOf(await find(''))).toEqual([first, second, third, other]);
        expect(await find('abe')).toEqual([]);
        expect(await find('abc', 0)).toEqual([]);
        const wanted = [first, second, third].map(async (key) => summaryOf(await mustFind(requests, key)));
        expect(await find('abc')).toEqual(await Promise.all(wanted));
      }),
    );

    it(
      'names the tenants that have requests, each once, in order',
      withStores(open, async ({ requests, search }) => {
        expect(await search.tenants(null, 10)).toEqual([]);
        const tenants = ['b', 'a', 'a-b', 'B'].map((text) => tenantId.parse(text));
        for (const [n, tenant] of tenants.entries()) {
          await requests.insert([sampleRequest(n, { tenant }), sampleRequest(n + 10, { tenant })]);
        }
        expect(await search.tenants(null, 10)).toEqual(['B', 'a', 'a-b', 'b']);
        expect(await search.tenants(null, 2)).toEqual(['B', 'a']);
        expect(await search.tenants(tenantId.parse('a'), 10)).toEqual(['a-b', 'b']);
      }),
    );

    it(
      'lists what a tenant sent in a time, newest first, from a place that need not exist any more',
      withStores(open, async ({ requests, search }) => {
        await requests.insert([3, 1, 2].map((n) => sampleRequest(n, { acceptedAt: sampleTime })));
        await requests.insert([sampleRequest(9, { acceptedAt: sampleTime + 5 })]);
        await requests.insert([sampleRequest(4, { acceptedAt: sampleTime - 1 })]);
        await requests.insert([sampleRequest(5, { acceptedAt: sampleTime, tenant: stranger })]);
        await endSamples(requests, [sampleRequest(6, { acceptedAt: sampleTime - 2 })], sampleOutcome());
        const list = async (place: Place<RequestKey> | null, since = 0, limit = 10) =>
          keysOf(await search.acceptedBefore(sampleTenant, place, since, limit));
        expect(await list(null)).toEqual([9, 3, 2, 1, 4, 6].map(sampleKey));
        expect(await list(null, 0, 2)).toEqual([9, 3].map(sampleKey));
        expect(await list(null, sampleTime)).toEqual([9, 3, 2, 1].map(sampleKey));
        expect(await list({ at: sampleTime, id: sampleKey(2) })).toEqual([1, 4, 6].map(sampleKey));
        expect(await list({ at: sampleTime, id: sampleKey(404) })).toEqual([3, 2, 1, 4, 6].map(sampleKey));
        expect(await list({ at: sampleTime, id: sampleKey(2) }, sampleTime)).toEqual([sampleKey(1)]);
        expect(await list({ at: sampleTime - 2, id: sampleKey(0) })).toEqual([]);
        expect(await list(null, 0, 0)).toEqual([]);
        const [newest] = await search.acceptedBefore(sampleTenant, null, 0, 1);
        expect(newest).toEqual(summaryOf(await mustFind(requests, sampleKey(9))));
        expect(await textsIn(search)).toEqual([]);
      }),
    );
  });
}

const keysOf = (found: readonly RequestSummary[]): readonly RequestKey[] => found.map(({ key }) => key);

/** Whatever stands in a summary and looks like a body. */
async function textsIn(search: RequestSearch): Promise<readonly string[]> {
  const found = await search.acceptedBefore(sampleTenant, null, 0, 10);
  return JSON.stringify(found).match(/question|choices|"body"/g) ?? [];
}
