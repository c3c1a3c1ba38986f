import { describe, expect, it } from '@jest/globals';
import type { OpenEmptyStores } from '../conformance/open-stores.ts';
import { storesConformance } from '../conformance/stores-conformance.ts';
import { createMemoryStores } from './create-memory-stores.ts';
import { sampleBatch, sampleKey, sampleRequest } from './samples.ts';

const open: OpenEmptyStores = (options) =>
  Promise.resolve({ ...createMemoryStores(options), [Symbol.asyncDispose]: () => Promise.resolve() });

storesConformance('the memory stores', open);

describe('memory stores that are away', () => {
  it('reject every call, change nothing, and come back', async () => {
    const { requests, batches, setAway } = createMemoryStores();
    setAway(true);
    const away = { code: 'store_unavailable' };
    await expect(requests.insert([sampleRequest(1)])).rejects.toMatchObject(away);
    await expect(batches.insert(sampleBatch(1))).rejects.toMatchObject(away);
    setAway(false);
    expect((await requests.lookup([sampleKey(1)])).rows).toEqual(new Map());
    expect(await requests.insert([sampleRequest(1)])).toEqual(new Set([sampleKey(1)]));
  });
});
