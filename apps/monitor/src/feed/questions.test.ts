import { describe, expect, it } from '@jest/globals';
import { createFakeClient } from '../testing/fake-client.ts';
import { busySnapshot, failedBatch, sampleNow } from '../testing/samples.ts';
import { detailsQuestion, listQuestion } from './questions.ts';
import { type Tab } from '../view/tabs.ts';

const { signal } = new AbortController();
const now = () => sampleNow;
const question = (client = createFakeClient(busySnapshot()), tab: Tab = 'failed', filter = '', index = 0) =>
  listQuestion(client, { tab, filter, index }, now);

describe('what fills a tab', () => {
  it('is in the snapshot for some', () => {
    expect(['overview', 'active', 'workers'].map((tab) => question(undefined, tab as Tab))).toEqual([null, null, null]);
  });

  it('is all that failed or was cancelled', async () => {
    const client = createFakeClient(busySnapshot());
    expect(await question(client)?.ask(signal)).toEqual({ batches: [failedBatch], requests: [], isMore: false });
    expect(client.calls).toEqual(['batches failed', 'batches cancelled']);
  });

  it('is read over pages, also empty ones, as far as the cursor needs', async () => {
    const pages = [[], [failedBatch], Array.from({ length: 100 }, () => failedBatch), [failedBatch]];
    let asked = 0;
    const client = {
      ...createFakeClient(busySnapshot()),
      batches: () =>
        Promise.resolve({ object: 'list' as const, data: pages[asked] ?? [], next: ++asked < 4 ? `p${asked}` : null }),
    };
    const first = await question(client, 'completed')?.ask(signal);
    expect([asked, first?.batches.length, first?.isMore]).toEqual([3, 101, true]);
    asked = 0;
    const more = await question(client, 'completed', '', 90)?.ask(signal);
    expect([asked, more?.batches.length, more?.isMore]).toEqual([4, 102, false]);
  });

  it('asks another question for a further cursor, under the same name', () => {
    const [near, far] = [question(undefined, 'completed', '', 10), question(undefined, 'completed', '', 95)];
    expect(near?.name).toBe(far?.name);
    expect(near?.key).not.toBe(far?.key);
  });

  it('is looked for by the gateway for requests', async () => {
    const client = createFakeClient(busySnapshot());
    await question(client, 'requests', 'ab12 since:1m')?.ask(signal);
    expect(client.calls).toEqual([`requests {"key":"ab12","since":${sampleNow - 60},"limit":100}`]);
    await expect(question(client, 'requests', 'color:red')?.ask(signal)).rejects.toThrow('color: is unknown');
  });

  it('has no control characters', async () => {
    const client = createFakeClient(busySnapshot());
    const page = { object: 'list' as const, data: [{ ...failedBatch, model: '\u001b[2Jgpt' }], next: null };
    const hostile = { ...client, batches: () => Promise.resolve(page) };
    expect((await question(hostile, 'expired')?.ask(signal))?.batches[0]?.model).toBe('gpt');
  });
});

describe('details', () => {
  it('are asked of a batch or a request', async () => {
    const client = createFakeClient(busySnapshot());
    await detailsQuestion(client, { kind: 'batch', id: 'b' }).ask(signal);
    await detailsQuestion(client, { kind: 'request', id: 'r' }).ask(signal);
    expect(client.calls).toEqual(['batch b', 'request r']);
  });
});
