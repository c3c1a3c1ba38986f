import { describe, expect, it } from '@jest/globals';
import { accountId, tenantId } from '@batch-gpt/contracts';
import { maxOwnedLookup, maxOwnedText } from '@batch-gpt/domain';
import { sampleOwnedId, sampleTenant, sampleTime } from '../fakes/samples.ts';
import { oddTexts } from './odd-texts.ts';
import { withStores, type OpenEmptyStores } from './open-stores.ts';
import { runAtOnce } from './run-at-once.ts';

const stranger = tenantId.parse('stranger');
const oddIds = [
  '',
  '__proto__',
  "' OR 1=1 --",
  '$where',
  'a.b',
  'fïle-👩‍👧',
  'x'.repeat(2000),
  'a\u0000b',
  '[object Object]',
];
const at = sampleTime + 5000;

/** Declares Jest suites for what the port of owned ids says, races included. */
export function ownedIdStoreConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as an OwnedIdStore`, () => {
    it(
      'gives ids back as they were inserted, to their owner only',
      withStores(open, async ({ ownedIds }) => {
        const response = sampleOwnedId(1);
        const account = accountId.parse('second');
        const relayed = sampleOwnedId(2, { id: 'file-AbC', kind: 'relayed', account, key: null, text: null });
        await ownedIds.insert([response, relayed]);
        await ownedIds.insert([]);
        expect(await ownedIds.find(sampleTenant, response.id)).toEqual(response);
        expect(await ownedIds.find(sampleTenant, relayed.id)).toEqual(relayed);
        for (const id of [response.id, relayed.id, 'resp_404']) {
          expect(await ownedIds.find(stranger, id)).toBeNull();
          expect(await ownedIds.cancel(stranger, id, at)).toBeNull();
          expect(await ownedIds.remove(stranger, id)).toBe(false);
        }
        expect(await ownedIds.find(sampleTenant, response.id)).toEqual(response);
      }),
    );

    it(
      'leaves an id that exists alone, whoever owns it',
      withStores(open, async ({ ownedIds }) => {
        await ownedIds.insert([sampleOwnedId(1)]);
        await ownedIds.insert([
          sampleOwnedId(1, { tenant: stranger }),
          sampleOwnedId(1, { text: '{}' }),
          sampleOwnedId(2),
          sampleOwnedId(2, { text: null }),
        ]);
        expect(await ownedIds.find(sampleTenant, 'resp_1')).toEqual(sampleOwnedId(1));
        expect(await ownedIds.find(stranger, 'resp_1')).toBeNull();
        expect(await ownedIds.find(sampleTenant, 'resp_2')).toEqual(sampleOwnedId(2));
      }),
    );

    it(
      'has one owner of an id that many insert at once',
      withStores(open, async ({ ownedIds }) => {
        const tenants = Array.from({ length: 12 }, (_, n) => tenantId.parse(`tenant-${n}`));
        await Promise.all(tenants.map((tenant) => ownedIds.insert([sampleOwnedId(1, { tenant })])));
        const found = await Promise.all(tenants.map((tenant) => ownedIds.find(tenant, 'resp_1')));
        expect(found.filter((id) => id !== null)).toHaveLength(1);
      }),
    );

    it.each(oddTexts)('keeps %s byte for byte', (_, text) =>
      withStores(open, async ({ ownedIds }) => {
        await ownedIds.insert([sampleOwnedId(1, { text })]);
        expect((await ownedIds.find(sampleTenant, 'resp_1'))?.text).toBe(text);
      })(),
    );

    it(
      'keeps texts up to their limit, and refuses a larger one with all that came with it',
      withStores(open, async ({ ownedIds }) => {
        const largest = 'é'.repeat(maxOwnedText / 2);
        await ownedIds.insert([sampleOwnedId(1, { text: largest })]);
        expect((await ownedIds.find(sampleTenant, 'resp_1'))?.text === largest).toBe(true);
        const refused = ownedIds.insert([sampleOwnedId(2), sampleOwnedId(3, { text: `${largest}x` })]);
        await expect(refused).rejects.toMatchObject({ code: 'body_too_large' });
        expect(await ownedIds.find(sampleTenant, 'resp_2')).toBeNull();
      }),
    );

    it(
      'takes any text for an id',
      withStores(open, async ({ ownedIds }) => {
        for (const id of oddIds) expect(await ownedIds.find(sampleTenant, id)).toBeNull();
        await ownedIds.insert(oddIds.map((id, n) => sampleOwnedId(n, { id })));
        for (const [n, id] of oddIds.entries()) {
          expect(await ownedIds.find(sampleTenant, id)).toEqual(sampleOwnedId(n, { id }));
        }
        expect(await ownedIds.ownedAmong(sampleTenant, oddIds)).toEqual(new Set(oddIds));
      }),
    );

    it(
      "says which of many ids are the tenant's, and which another's",
      withStores(open, async ({ ownedIds }) => {
        await ownedIds.insert([1, 2, 3].map((n) => sampleOwnedId(n)));
        await ownedIds.insert([sampleOwnedId(4, { tenant: stranger })]);
        const asked = ['resp_3', 'resp_404', 'resp_4', 'resp_1', 'resp_1'];
        expect(await ownedIds.ownedAmong(sampleTenant, asked)).toEqual(new Set(['resp_1', 'resp_3']));
        expect(await ownedIds.ownedAmong(stranger, asked)).toEqual(new Set(['resp_4']));
        expect(await ownedIds.ownedAmong(sampleTenant, [])).toEqual(new Set());
        expect(await ownedIds.foreignAmong(sampleTenant, asked)).toEqual(new Set(['resp_4']));
        expect(await ownedIds.foreignAmong(stranger, asked)).toEqual(new Set(['resp_1', 'resp_3']));
        expect(await ownedIds.foreignAmong(sampleTenant, oddIds)).toEqual(new Set());
        const many = Array.from({ length: maxOwnedLookup }, (_, n) => `resp_${n}`);
        expect(await ownedIds.ownedAmong(sampleTenant, many)).toEqual(new Set(['resp_1', 'resp_2', 'resp_3']));
        for (const which of ['ownedAmong', 'foreignAmong'] as const) {
          await expect(ownedIds[which](sampleTenant, [...many, 'x'])).rejects.toMatchObject({ code: 'internal_error' });
        }
      }),
    );

    it(
      'notes the first cancellation, whoever else cancels',
      withStores(open, async ({ ownedIds }) => {
        await ownedIds.insert([sampleOwnedId(1)]);
        const answers = await runAtOnce(8, (n) => ownedIds.cancel(sampleTenant, 'resp_1', at + n));
        const [first] = answers;
        expect(first).toEqual(sampleOwnedId(1, { cancelledAt: first?.cancelledAt ?? null }));
        expect(first?.cancelledAt).toBeGreaterThanOrEqual(at);
        for (const answer of answers) expect(answer).toEqual(first);
        expect(await ownedIds.cancel(sampleTenant, 'resp_1', at + 99)).toEqual(first);
        expect(await ownedIds.find(sampleTenant, 'resp_1')).toEqual(first);
        expect(await ownedIds.cancel(sampleTenant, 'resp_404', at)).toBeNull();
      }),
    );

    it(
      'removes an id once',
      withStores(open, async ({ ownedIds }) => {
        await ownedIds.insert([sampleOwnedId(1), sampleOwnedId(2)]);
        const removed = await runAtOnce(8, () => ownedIds.remove(sampleTenant, 'resp_1'));
        expect(removed.filter((wasThere) => wasThere)).toHaveLength(1);
        expect(await ownedIds.find(sampleTenant, 'resp_1')).toBeNull();
        expect(await ownedIds.find(sampleTenant, 'resp_2')).not.toBeNull();
      }),
    );

    it(
      'removes what has run out and nothing else, no more than it is told',
      withStores(open, async ({ ownedIds }) => {
        await ownedIds.insert([1, 2, 3, 4, 5].map((n) => sampleOwnedId(n, { expiresAt: sampleTime + n })));
        expect(await ownedIds.removeExpired(sampleTime, 10)).toBe(0);
        for (const none of [0, -1]) expect(await ownedIds.removeExpired(sampleTime + 4, none)).toBe(0);
        expect(await ownedIds.removeExpired(sampleTime + 4, 3)).toBe(3);
        expect(await ownedIds.removeExpired(sampleTime + 4, 3)).toBe(1);
        expect(await ownedIds.removeExpired(sampleTime + 4, 3)).toBe(0);
        expect(await ownedIds.find(sampleTenant, 'resp_5')).not.toBeNull();
      }),
    );
  });
}
