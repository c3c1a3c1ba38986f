import { describe, expect, it } from '@jest/globals';
import { createManualClock } from './create-manual-clock.ts';

const never = new AbortController().signal;

describe('createManualClock', () => {
  it('stands still until it is moved', async () => {
    const clock = createManualClock(1000);
    expect([clock.now(), clock.monotonic()]).toEqual([1000, 0]);
    await clock.advance(5);
    expect([clock.now(), clock.monotonic()]).toEqual([1005, 5]);
    clock.jump(-100);
    expect([clock.now(), clock.monotonic()]).toEqual([905, 5]);
  });

  it('wakes sleepers in order, each at its own time, and those they start', async () => {
    const clock = createManualClock(0);
    const woken: [string, number][] = [];
    const sleepThen = async (name: string, ms: number) => {
      await clock.sleep(ms, never);
      woken.push([name, clock.monotonic()]);
    };
    const all = [sleepThen('late', 30), sleepThen('early', 10).then(() => sleepThen('chained', 10))];
    await clock.untilSleeping(2);
    await clock.advance(25);
    expect(woken).toEqual([
      ['early', 10],
      ['chained', 20],
    ]);
    expect(clock.sleeping()).toBe(1);
    await clock.advance(5);
    await Promise.all(all);
    expect(woken.at(-1)).toEqual(['late', 30]);
  });

  it('lets a sleeper go when its signal aborts', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const sleep = clock.sleep(1000, stop.signal);
    stop.abort();
    await sleep;
    await clock.sleep(1000, stop.signal);
    expect(clock.sleeping()).toBe(0);
  });
});
