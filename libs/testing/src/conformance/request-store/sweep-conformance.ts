import { describe, expect, it } from '@jest/globals';
import type { BatchId, GroupId } from '@batch-gpt/contracts';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
  sampleTime,
} from '../../fakes/samples.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { runAtOnce } from '../run-at-once.ts';
import { collectSamples, endSamples } from './steps.ts';

const models = ['a', 'B', 'c', 'a/b', 'z', 'gpt-4o', 'gpt-4.1'];

/** groupsWithAccepted, collectedBatchIds, removeExpired. */
export function sweepConformance(open: OpenEmptyStores): void {
  describe('groupsWithAccepted', () => {
    it(
      'pages through the groups in order, each with its oldest row',
      withStores(open, async ({ requests }) => {
        expect(await requests.groupsWithAccepted(null, 10)).toEqual([]);
        const rows = models.flatMap((model, n) => [
          sampleRequest(n * 10, { group: sampleGroup(model), acceptedAt: sampleTime + 50 - n }),
          sampleRequest(n * 10 + 1, { group: sampleGroup(model), acceptedAt: sampleTime + 90 }),
        ]);
        await requests.insert(rows);
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(500, { group: sampleGroup('d') })]);
        await endSamples(requests, [sampleRequest(501, { group: sampleGroup('e') })], sampleOutcome());
        const seen: { group: GroupId; oldestAcceptedAt: number }[] = [];
        for (;;) {
          const page = await requests.groupsWithAccepted(seen.at(-1)?.group ?? null, 3);
          expect(page.length).toBeLessThanOrEqual(3);
          if (page.length === 0) break;
          seen.push(...page);
        }
        const expected = models
          .map((model, n) => ({ group: sampleGroup(model), oldestAcceptedAt: sampleTime + 50 - n }))
          .toSorted((a, b) => (a.group < b.group ? -1 : 1));
        expect(seen).toEqual(expected);
      }),
    );
  });

  describe('collectedBatchIds', () => {
    it(
      'pages through distinct batches of collected rows in order',
      withStores(open, async ({ requests }) => {
        expect(await requests.collectedBatchIds(null, 10)).toEqual([]);
        for (const n of [5, 1, 4, 2, 3]) {
          await collectSamples(requests, sampleBatchId(n), [sampleRequest(n * 10), sampleRequest(n * 10 + 1)]);
        }
        await requests.settle(sampleBatchId(2), [sampleSettlement(sampleKey(20))]);
        await requests.settle(
          sampleBatchId(3),
          [30, 31].map((n) => sampleSettlement(sampleKey(n))),
        );
        const seen: BatchId[] = [];
        for (;;) {
          const page = await requests.collectedBatchIds(seen.at(-1) ?? null, 2);
          expect(page.length).toBeLessThanOrEqual(2);
          if (page.length === 0) break;
          seen.push(...page);
        }
        expect(seen).toEqual([1, 2, 4, 5].map(sampleBatchId));
      }),
    );
  });

  describe('removeExpired', () => {
    // seed S22
    it(
      'removes ended rows past their time and nothing else',
      withStores(open, async ({ requests }) => {
        const now = sampleTime + 1_000_000;
        const end = (n: number, expiresAt: number) => ({ ...sampleSettlement(sampleKey(n)), expiresAt });
        await requests.insert([1, 2, 3].map((n) => sampleRequest(n)));
        await requests.endAccepted([end(1, now - 1), end(2, now + 1), end(3, now - 1000)]);
        await requests.insert([sampleRequest(4)]);
        await collectSamples(requests, sampleBatchId(1), [sampleRequest(5, { group: sampleGroup('x') })]);
        expect(await requests.removeExpired(now, 100)).toBe(2);
        expect(await requests.removeExpired(now, 100)).toBe(0);
        const { rows: left } = await requests.lookup([1, 2, 3, 4, 5].map(sampleKey));
        expect([...left.keys()].toSorted()).toEqual([2, 4, 5].map(sampleKey));
        expect(await requests.insert([sampleRequest(1)])).toEqual(new Set([sampleKey(1)]));
      }),
    );

    it(
      'removes no more than it is told, and counts each row once over concurrent calls',
      withStores(open, async ({ requests }) => {
        const rows = Array.from({ length: 20 }, (_, n) => sampleRequest(n));
        await endSamples(requests, rows, sampleOutcome());
        const farFuture = Date.UTC(2200, 0, 1);
        expect(await requests.removeExpired(farFuture, 5)).toBe(5);
        const counts = await runAtOnce(4, () => requests.removeExpired(farFuture, 100));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(15);
        expect((await requests.lookup(rows.map((row) => row.key))).rows).toEqual(new Map());
      }),
    );
  });
}
