import { describe, expect, it } from '@jest/globals';
import type { RequestKey } from '@batch-gpt/contracts';
import type { Member, MemberBody } from '@batch-gpt/domain';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { collectSamples } from './steps.ts';

const batch = sampleBatchId(1);
const anyBytes = Number.MAX_SAFE_INTEGER;

async function pages<T extends { readonly key: RequestKey }>(
  read: (after: RequestKey | null) => Promise<readonly T[]>,
): Promise<T[][]> {
  const all: T[][] = [];
  for (;;) {
    const page = await read(all.at(-1)?.at(-1)?.key ?? null);
    if (page.length === 0) return all;
    all.push([...page]);
  }
}

/** memberSizes, members, membersAmong, memberBodies. */
export function membersConformance(open: OpenEmptyStores): void {
  describe('members', () => {
    it(
      'add up to the sizes of the batch',
      withStores(open, async ({ requests }) => {
        expect(await requests.memberSizes(batch)).toEqual({ lines: 0, bytes: 0, tokens: 0, inputs: 0 });
        await collectSamples(requests, batch, [
          sampleRequest(1, { lineBytes: 100, tokens: 10, inputs: 1 }),
          sampleRequest(2, { lineBytes: 2_000_000_000, tokens: 3_000_000_000, inputs: 0 }),
          sampleRequest(3, { lineBytes: 2_000_000_000, tokens: 5, inputs: 2048 }),
        ]);
        await collectSamples(requests, sampleBatchId(2), [sampleRequest(4)]);
        expect(await requests.memberSizes(batch)).toEqual({
          lines: 3,
          bytes: 4_000_000_100,
          tokens: 3_000_000_015,
          inputs: 2049,
        });
      }),
    );

    it(
      'are what is still collected by the batch, with what settling needs',
      withStores(open, async ({ requests }) => {
        const rows = [
          sampleRequest(1, { base: sampleKey(99), shareable: false, limited: true, cacheTtl: 86_400_000 }),
          sampleRequest(2, { endpoint: '/v1/embeddings' }),
          sampleRequest(3),
          sampleRequest(4),
        ];
        await requests.insert(rows);
        await collectSamples(requests, sampleBatchId(7), []);
        await requests.claim(sampleGroup(), sampleBatchId(7), [sampleKey(1)], 1);
        await requests.returnMembers(sampleBatchId(7), [
          { key: sampleKey(1), group: sampleGroup(), attempt: 2, rounds: 3 },
        ]);
        await collectSamples(requests, batch, rows);
        await collectSamples(requests, sampleBatchId(2), [sampleRequest(5)]);
        await requests.settle(batch, [sampleSettlement(sampleKey(3))]);
        await requests.returnMembers(batch, [{ key: sampleKey(4), group: sampleGroup(), attempt: 0, rounds: 1 }]);
        const one: Member = {
          key: sampleKey(1),
          isPrivate: true,
          attempt: 2,
          rounds: 3,
          shareable: false,
          limited: true,
          cacheTtl: 86_400_000,
          endpoint: '/v1/chat/completions',
        };
        const two: Member = {
          key: sampleKey(2),
          isPrivate: false,
          attempt: 0,
          rounds: 0,
          shareable: true,
          limited: false,
          cacheTtl: null,
          endpoint: '/v1/embeddings',
        };
        expect(await requests.members(batch, null, 10)).toEqual([one, two]);
        expect(await requests.membersAmong(batch, [2, 3, 4, 5, 1, 404].map(sampleKey))).toEqual(
          new Map([
            [one.key, one],
            [two.key, two],
          ]),
        );
        expect(await requests.membersAmong(batch, [])).toEqual(new Map());
        expect(await requests.memberBodies(batch, null, 10, anyBytes)).toHaveLength(2);
        expect(await requests.memberSizes(batch)).toMatchObject({ lines: 2 });
      }),
    );

    it(
      'come in pages ordered by key',
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, sampleRequests(23));
        const expected = Array.from({ length: 23 }, (_, n) => sampleKey(n));
        const members = await pages((after) => requests.members(batch, after, 5));
        expect(members.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
        expect(members.flat().map((member) => member.key)).toEqual(expected);
        const bodies = await pages<MemberBody>((after) => requests.memberBodies(batch, after, 5, anyBytes));
        expect(bodies.map((page) => page.length)).toEqual([5, 5, 5, 5, 3]);
        expect(bodies.flat()).toEqual(sampleRequests(23).map(({ key, body }) => ({ key, body })));
      }),
    );

    it(
      'come with bodies in pages that end by bytes, never without a row',
      withStores(open, async ({ requests }) => {
        const sizes = [10, 10, 10, 500, 10, 90, 10];
        const body = (size: number) => `"${'é'.repeat((size - 2) / 2)}"`;
        const rows = sizes.map((size, n) => sampleRequest(n, { body: body(size) }));
        await collectSamples(requests, batch, rows);
        const bodies = await pages<MemberBody>((after) => requests.memberBodies(batch, after, 100, 100));
        expect(bodies.flat()).toEqual(rows.map(({ key, body: text }) => ({ key, body: text })));
        for (const page of bodies) {
          const bytes = page.reduce((sum, row) => sum + Buffer.byteLength(row.body), 0);
          expect(page.length === 1 || bytes <= 100).toBe(true);
        }
        expect(bodies.length).toBeLessThan(rows.length);
      }),
    );

    it(
      'of 5,000 rows are settled and returned in bulk',
      withStores(open, async ({ requests }) => {
        const rows = sampleRequests(5000);
        await collectSamples(requests, batch, rows);
        expect(await requests.memberSizes(batch)).toMatchObject({ lines: 5000 });
        const keys = rows.map((row) => row.key);
        expect((await requests.membersAmong(batch, keys)).size).toBe(5000);
        const half = keys.slice(0, 2500);
        expect(
          (
            await requests.settle(
              batch,
              half.map((key) => sampleSettlement(key)),
            )
          ).size,
        ).toBe(2500);
        const returns = keys.map((key) => ({ key, group: sampleGroup(), attempt: 1, rounds: 1 }));
        expect((await requests.returnMembers(batch, returns)).size).toBe(2500);
        expect(await requests.members(batch, null, 10)).toEqual([]);
      }),
    );
  });
}
