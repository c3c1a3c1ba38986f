import { describe, expect, it } from '@jest/globals';
import { sampleRequests } from '@batch-gpt/status-client/samples';
import { createRateWatch } from './rates.ts';

const at = (time: number, accepted: number, lines = 0) => ({
  ...{ at: time, stale_since: null },
  requests: sampleRequests({ accepted }, { lines, succeeded: lines }),
});

describe('rates of the last minute', () => {
  it('need something to compare with', () => {
    const watch = createRateWatch();
    expect(watch.at(1000)).toBeNull();
    watch.look(at(1000, 5));
    expect(watch.at(1000.5)).toBeNull();
  });

  it('are from the first snapshot while there is no minute, then from a minute ago', () => {
    const watch = createRateWatch();
    watch.look(at(1000, 0));
    watch.look(at(1030, 30));
    expect(watch.at(1030)).toMatchObject({ incoming: 60, settled: 0 });
    watch.look(at(1090, 30, 30));
    expect(watch.at(1090)).toMatchObject({ incoming: 30, settled: 30 });
  });

  it('fall to nothing where nothing happens and so nothing is sent', () => {
    const watch = createRateWatch();
    watch.look(at(1000, 0));
    watch.look(at(1001, 60));
    expect(watch.at(1031)?.incoming).toBeCloseTo(116, 0);
    expect(watch.at(1100)?.incoming).toBe(0);
  });

  it('begin anew when the clock of the gateway goes back', () => {
    const watch = createRateWatch();
    watch.look(at(1000, 0));
    watch.look(at(900, 50));
    expect(watch.at(900.5)).toBeNull();
  });
});
