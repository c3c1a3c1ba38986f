import { describe, expect, it } from '@jest/globals';
import { createMemorySignals } from './create-memory-signals.ts';
import { sampleBatchId, sampleGroup, sampleKey } from './samples.ts';

const group = sampleGroup();
const sizes = { lines: 1, bytes: 10, tokens: 3, inputs: 0 };

describe('createMemorySignals', () => {
  it('records what is announced', async () => {
    const { accepted, ended, outcomes, seen } = createMemorySignals();
    const job = { group, keys: [sampleKey(1)], sizes };
    await accepted.announceAccepted([job]);
    await ended.announceEnded(sampleBatchId(1));
    await outcomes.announceOutcomes([sampleKey(1), sampleKey(2)]);
    expect(seen).toMatchObject({
      accepted: [job],
      ended: [sampleBatchId(1)],
      outcomes: [[sampleKey(1), sampleKey(2)]],
    });
  });

  it('opens a window once until it rings', async () => {
    const { bells, seen } = createMemorySignals();
    await bells.open(group, 5000);
    await bells.open(group, 7000);
    await bells.ring(group, 'time');
    await bells.open(group, 9000);
    expect(seen.opened).toEqual([
      { group, delay: 5000 },
      { group, delay: 9000 },
    ]);
    expect(seen.rung).toEqual([{ group, trigger: 'time' }]);
  });

  it('adds hints up for each group until they are cleared', async () => {
    const { hints } = createMemorySignals();
    await hints.add(group, sizes);
    expect(await hints.add(group, sizes)).toEqual({ lines: 2, bytes: 20, tokens: 6, inputs: 0 });
    expect(await hints.add(sampleGroup('other'), sizes)).toEqual(sizes);
    await hints.clear(group);
    expect(await hints.add(group, sizes)).toEqual(sizes);
  });

  it('rejects while away', async () => {
    const { bells, hints, seen, setAway } = createMemorySignals();
    setAway(true);
    await expect(bells.ring(group, 'more')).rejects.toMatchObject({ code: 'queue_unavailable' });
    await expect(hints.add(group, sizes)).rejects.toMatchObject({ code: 'queue_unavailable' });
    setAway(false);
    expect(seen.rung).toEqual([]);
    expect(await hints.add(group, sizes)).toEqual(sizes);
  });
});
