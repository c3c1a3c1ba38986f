import { describe, expect, it } from '@jest/globals';
import type { Candidate } from '@batch-gpt/domain';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTime,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { runAtOnce } from '../run-at-once.ts';
import { claimTime, collectSamples, endSamples, mustFind } from './steps.ts';

const group = sampleGroup();
const [first, second] = [sampleBatchId(1), sampleBatchId(2)];

/** oldestAccepted, claim. */
export function claimConformance(open: OpenEmptyStores): void {
  describe('oldestAccepted', () => {
    it(
      'gives accepted rows of the group, oldest first, ties by key',
      withStores(open, async ({ requests }) => {
        await requests.insert([
          sampleRequest(3, { acceptedAt: sampleTime + 5 }),
          sampleRequest(1, { acceptedAt: sampleTime + 5, lineBytes: 77, tokens: 8, inputs: 9 }),
          sampleRequest(2, { acceptedAt: sampleTime + 9 }),
          sampleRequest(9, { acceptedAt: sampleTime + 1 }),
          sampleRequest(4, { group: sampleGroup('other') }),
        ]);
        await endSamples(requests, [sampleRequest(5)], sampleOutcome());
        await collectSamples(requests, first, [sampleRequest(6, { group: sampleGroup('third') })]);
        const found = await requests.oldestAccepted(group, 10, null);
        expect(found.map((candidate) => candidate.key)).toEqual([9, 1, 3, 2].map(sampleKey));
        const candidate = { key: sampleKey(1), acceptedAt: sampleTime + 5, lineBytes: 77, tokens: 8, inputs: 9 };
        expect(found[1]).toEqual(candidate);
        expect(await requests.oldestAccepted(sampleGroup('nobody'), 10, null)).toEqual([]);
      }),
    );

    it(
      'pages through rows of one moment without loss or repetition',
      withStores(open, async ({ requests }) => {
        await requests.insert(sampleRequests(25, { acceptedAt: sampleTime }));
        await requests.insert(sampleRequests(5, { acceptedAt: sampleTime - 1 }, 100));
        const seen: Candidate[] = [];
        for (;;) {
          const page = await requests.oldestAccepted(group, 7, seen.at(-1) ?? null);
          expect(page.length).toBeLessThanOrEqual(7);
          if (page.length === 0) break;
          seen.push(...page);
        }
        const early = [100, 101, 102, 103, 104];
        const late = Array.from({ length: 25 }, (_, n) => n);
        expect(seen.map((candidate) => candidate.key)).toEqual([...early, ...late].map(sampleKey));
      }),
    );
  });

  describe('claim', () => {
    it(
      'collects accepted rows of the group for the batch and counts them',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1), sampleRequest(2), sampleRequest(3, { group: sampleGroup('other') })]);
        await endSamples(requests, [sampleRequest(4)], sampleOutcome());
        const keys = [1, 2, 3, 4, 404].map(sampleKey);
        expect(await requests.claim(group, first, keys, claimTime)).toBe(2);
        expect(await requests.claim(group, second, keys, claimTime + 1)).toBe(0);
        expect(await requests.claim(group, second, [], claimTime)).toBe(0);
        expect(await mustFind(requests, sampleKey(1))).toMatchObject({
          state: 'collected',
          batchId: first,
          collectedAt: claimTime,
          acceptedAt: sampleTime + 1,
          outcome: null,
        });
        expect(await mustFind(requests, sampleKey(3))).toMatchObject({ state: 'accepted', batchId: null });
        expect(await mustFind(requests, sampleKey(4))).toMatchObject({ state: 'done' });
      }),
    );

    it(
      'counts a key once that is named twice',
      withStores(open, async ({ requests }) => {
        await requests.insert([sampleRequest(1)]);
        expect(await requests.claim(group, first, [sampleKey(1), sampleKey(1)], claimTime)).toBe(1);
      }),
    );

    it(
      'takes 1,000 keys and refuses more',
      withStores(open, async ({ requests }) => {
        const keys = sampleRequests(1001).map((row) => row.key);
        await requests.insert(sampleRequests(1001));
        await expect(requests.claim(group, first, keys, claimTime)).rejects.toThrow();
        expect(await requests.collectedBatchIds(null, 10)).toEqual([]);
        expect(await requests.claim(group, first, keys.slice(0, 1000), claimTime)).toBe(1000);
        expect(await requests.oldestAccepted(group, 10, null)).toMatchObject([{ key: sampleKey(1000) }]);
      }),
    );

    it(
      'gives every row of overlapping concurrent claims to exactly one batch',
      withStores(open, async ({ requests }) => {
        await requests.insert(sampleRequests(300));
        const claims = await runAtOnce(10, (n) => {
          const keys = Array.from({ length: 120 }, (_, index) => sampleKey(n * 20 + index));
          return requests.claim(group, sampleBatchId(n), n % 2 === 0 ? keys : keys.toReversed(), claimTime);
        });
        const members = await runAtOnce(10, (n) => requests.members(sampleBatchId(n), null, 1000));
        expect(members.map((page) => page.length)).toEqual(claims);
        const keys = members.flat().map((member) => member.key);
        expect(keys.toSorted()).toEqual(Array.from({ length: 300 }, (_, n) => sampleKey(n)));
      }),
    );

    it(
      'and ending race for a row: it is in the batch or done, never both',
      withStores(open, async ({ requests }) => {
        const keys = sampleRequests(100).map((row) => row.key);
        await requests.insert(sampleRequests(100));
        const [early, claimed, late] = await Promise.all([
          requests.endAccepted(keys.filter((_, n) => n % 3 === 0).map((key) => sampleSettlement(key))),
          requests.claim(group, first, keys, claimTime),
          requests.endAccepted(keys.filter((_, n) => n % 3 === 1).map((key) => sampleSettlement(key))),
        ]);
        const members = await requests.members(first, null, 1000);
        expect(members).toHaveLength(claimed);
        const ended = [...early, ...late];
        expect(ended.length + claimed).toBe(100);
        expect([...members.map((member) => member.key), ...ended].toSorted()).toEqual(keys);
      }),
    );
  });
}
