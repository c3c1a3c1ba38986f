import { describe, expect, it } from '@jest/globals';
import { sampleBatch } from '@batch-gpt/status-client/samples';
import { batchIdOf, busySnapshot, sampleWorker } from '../testing/samples.ts';
import { newsOf } from './news-of.ts';

const one = sampleBatch({ id: batchIdOf('0ne') });
const texts = (before: Parameters<typeof newsOf>[0], after: Parameters<typeof newsOf>[1]) =>
  newsOf(before, after).map(({ text }) => text);
const withBatches = (...open_batches: (typeof one)[]) => busySnapshot({ open_batches });

describe('news', () => {
  it.each([
    ['a batch that came', withBatches(), withBatches(one), ['batch 0ne00000 (gpt-4o-mini) formed, 10 lines']],
    [
      'a status that changed',
      withBatches({ ...one, status: 'validating' }),
      withBatches(one),
      ['batch 0ne00000 (gpt-4o-mini) validating → in_progress'],
    ],
    [
      'trouble',
      withBatches(one),
      withBatches({ ...one, trouble: { code: null, message: 'lost', type: null, param: null } }),
      ['batch 0ne00000 (gpt-4o-mini) is in trouble: lost'],
    ],
    ['a batch that went', withBatches(one), withBatches(), ['batch 0ne00000 (gpt-4o-mini) is over, 10 lines']],
    ['counts only', withBatches(one), withBatches({ ...one, counts: { total: 10, completed: 9, failed: 1 } }), []],
  ])('of %s', (_what, before, after, news) => expect(texts(before, after)).toEqual(news));

  it('says nothing of batches that may merely not be shown', () => {
    expect(texts(withBatches(one), busySnapshot({ open_batches: [], more_batches: true }))).toEqual([]);
  });

  it('of dependencies and processes', () => {
    const up = { store: { up: true, latency_ms: 1 }, redis: { up: true, latency_ms: 1 } };
    const down = { ...up, redis: { up: false, latency_ms: null } };
    const quiet = { open_batches: [], workers: [] };
    expect(texts(busySnapshot({ ...quiet, dependencies: up }), busySnapshot({ ...quiet, dependencies: down }))).toEqual(
      ['redis is away'],
    );
    expect(texts(busySnapshot({ ...quiet, dependencies: down }), busySnapshot({ ...quiet, dependencies: up }))).toEqual(
      ['redis is back'],
    );
    const workers = (...list: ReturnType<typeof sampleWorker>[]) => busySnapshot({ open_batches: [], workers: list });
    const [alive, silent] = [sampleWorker(), sampleWorker({ alive: false })];
    expect(texts(workers(), workers(alive))).toEqual(['batcher host.12.0000000a is there']);
    expect(texts(workers(alive), workers(silent))).toEqual(['batcher host.12.0000000a fell silent']);
    expect(texts(workers(alive), workers())).toEqual(['batcher host.12.0000000a is gone']);
    expect(texts(workers(silent), workers())).toEqual([]);
  });
});
