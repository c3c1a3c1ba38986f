import { describe, expect, it } from '@jest/globals';
import type { FailedLines, Outcome, RequestStore } from '@batch-gpt/domain';
import {
  sampleBatchId,
  sampleGroup,
  sampleKey,
  sampleOutcome,
  sampleRequest,
  sampleRequests,
  sampleSettlement,
  sampleTime,
} from '../fakes/samples.ts';
import type { OpenEmptyStores } from './open-stores.ts';
import { collectSamples, mustFind, readBodies } from './request-store/steps.ts';

const batch = sampleBatchId(1);
const later = sampleTime + 100_000;
const failure = (overrides: Partial<Outcome> = {}) =>
  sampleOutcome({ kind: 'failed', status: 400, shareable: false, usage: null, batchId: batch, ...overrides });

/** Declares Jest suites for what the port of failed lines says. */
export function failedLinesConformance(name: string, open: OpenEmptyStores): void {
  describe(`${name} as FailedLines`, () => {
    it('runs a failed line again whose text was kept, in its ordinary group', async () => {
      await using stores = await open({ keepRequestBodies: 'failed' });
      const { requests, failedLines } = stores;
      const split = sampleRequest(1, { group: sampleGroup('gpt-4o-mini', '01') });
      await collectSamples(requests, batch, [split]);
      await requests.settle(batch, [sampleSettlement(split.key, failure(), 3)]);
      const again = await failedLines.acceptAgain(batch, [split.key], later);
      expect(again).toEqual({ accepted: [split.key], withoutText: 0 });
      const { outcome, reuseUntil, ...record } = await mustFind(requests, split.key);
      const { body, ...facts } = split;
      expect(record).toEqual({
        ...facts,
        ...{ group: sampleGroup(), acceptedAt: later, state: 'accepted', batchId: null, attempt: 0, rounds: 0 },
      });
      expect([outcome, reuseUntil]).toEqual([null, null]);
      expect((await readBodies(requests, sampleBatchId(2), sampleGroup())).get(split.key)).toBe(body);
      // The batch that has it now is another one, whose business it is.
      expect(await failedLines.acceptAgain(batch, [split.key], later)).toEqual(nothing);
    });

    it('leaves what succeeded, waits, belongs to another batch, or is gone', async () => {
      await using stores = await open({ keepRequestBodies: 'failed' });
      const { requests, failedLines } = stores;
      await collectSamples(requests, batch, sampleRequests(4));
      await requests.settle(batch, [
        sampleSettlement(sampleKey(0), sampleOutcome({ batchId: batch })),
        sampleSettlement(sampleKey(1), failure()),
      ]);
      await collectSamples(requests, sampleBatchId(2), [sampleRequest(5)]);
      await requests.settle(sampleBatchId(2), [sampleSettlement(sampleKey(5), failure({ batchId: sampleBatchId(2) }))]);
      await requests.insert([sampleRequest(6)]);
      await requests.endAccepted([sampleSettlement(sampleKey(6), failure({ batchId: null }))]);
      await requests.insert([sampleRequest(7)]);
      const keys = [0, 1, 2, 3, 5, 6, 7, 404].map(sampleKey);
      const before = await statesOf(requests);
      expect(await failedLines.acceptAgain(batch, keys, later)).toEqual({ accepted: [sampleKey(1)], withoutText: 0 });
      expect(await statesOf(requests)).toEqual({ ...before, [sampleKey(1)]: 'accepted' });
      expect(await failedLines.acceptAgain(batch, [], later)).toEqual(nothing);
    });

    it('takes a line once, however many ask', async () => {
      await using stores = await open({ keepRequestBodies: 'failed' });
      const { requests, failedLines } = stores;
      const keys = await failAll(requests, 50);
      const all = await Promise.all([1, 2, 3, 4].map((n) => failedLines.acceptAgain(batch, keys, later + n)));
      expect(all.flatMap(({ accepted }) => accepted).toSorted()).toEqual(keys);
    });

    it('counts those whose text is gone', async () => {
      await using stores = await open();
      const keys = await failAll(stores.requests, 3);
      expect(await stores.failedLines.acceptAgain(batch, keys, later)).toEqual({ accepted: [], withoutText: 3 });
      expect((await mustFind(stores.requests, sampleKey(0))).state).toBe('done');
    });

    it('takes no more than 1,000 at once', async () => {
      await using stores = await open();
      const keys = Array.from({ length: 1001 }, (_, n) => sampleKey(n));
      await expect(askFor(stores.failedLines, keys)).rejects.toMatchObject({ code: 'internal_error' });
    });
  });
}

const nothing = { accepted: [], withoutText: 0 };

const askFor = async (failedLines: FailedLines, keys: Parameters<FailedLines['acceptAgain']>[1]) =>
  failedLines.acceptAgain(batch, keys, later);

async function failAll(requests: RequestStore, count: number) {
  const rows = sampleRequests(count);
  await collectSamples(requests, batch, rows);
  await requests.settle(
    batch,
    rows.map(({ key }) => sampleSettlement(key, failure())),
  );
  return rows.map(({ key }) => key);
}

async function statesOf(requests: RequestStore): Promise<Record<string, string>> {
  const keys = [0, 1, 2, 3, 5, 6, 7].map(sampleKey);
  const { rows } = await requests.lookup(keys);
  return Object.fromEntries([...rows].map(([key, { state }]) => [key, state]));
}
