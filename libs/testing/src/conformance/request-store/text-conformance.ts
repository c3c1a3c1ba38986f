import { describe, expect, it } from '@jest/globals';
import { sampleBatchId, sampleKey, sampleOutcome, sampleRequest, sampleSettlement } from '../../fakes/samples.ts';
import { oddTexts } from '../odd-texts.ts';
import { withStores, type OpenEmptyStores } from '../open-stores.ts';
import { collectSamples, mustFind } from './steps.ts';

const batch = sampleBatchId(1);
const key = sampleKey(1);

/** Bodies of requests and outcomes come back byte for byte. */
export function textConformance(open: OpenEmptyStores): void {
  describe('text', () => {
    it.each(oddTexts)('keeps %s byte for byte', (_, text) =>
      withStores(open, async ({ requests }) => {
        await collectSamples(requests, batch, [sampleRequest(1, { body: text })]);
        const bodies = await requests.memberBodies(batch, null, 10, Number.MAX_SAFE_INTEGER);
        expect(bodies).toEqual([{ key, body: text }]);
        await requests.settle(batch, [sampleSettlement(key, sampleOutcome({ body: text }))]);
        expect((await mustFind(requests, key)).outcome?.body).toBe(text);
      })(),
    );

    it(
      'keeps bodies of several megabytes',
      withStores(open, async ({ requests }) => {
        const text = `"${'0123456789abcdeé'.repeat(400_000)}"`;
        await collectSamples(requests, batch, [sampleRequest(1, { body: text }), sampleRequest(2)]);
        const bodies = await requests.memberBodies(batch, null, 10, Number.MAX_SAFE_INTEGER);
        expect(bodies.map(({ body }) => body === text)).toEqual([true, false]);
        await requests.settle(batch, [sampleSettlement(key, sampleOutcome({ body: text }))]);
        expect((await mustFind(requests, key)).outcome?.body === text).toBe(true);
      }),
    );
  });
}
