import { describe, expect, it } from '@jest/globals';
import { cacheReadiness, type Readiness } from './readiness.ts';

const READY: Readiness = { ok: true, checks: { redis: true } };

describe('cacheReadiness', () => {
  it('looks once a second, however many probes ask', async () => {
    let time = 0;
    let looks = 0;
    const ready = cacheReadiness(
      () => {
        looks += 1;
        return READY;
      },
      () => time,
    );
    await Promise.all([ready(), ready(), ready()]);
    time = 999;
    expect(await ready()).toBe(READY);
    expect(looks).toBe(1);
    time = 1_000;
    await ready();
    expect(looks).toBe(2);
  });

  it('answers "not ready" where a check throws or rejects, without its message', async () => {
    const throws = cacheReadiness(
      () => {
        throw new RangeError('redis://:PLAIN@db');
      },
      () => 0,
    );
    const rejects = cacheReadiness(
      () => Promise.reject(new TypeError('redis://:PLAIN@db')),
      () => 0,
    );
    expect(await throws()).toEqual({ ok: false, checks: { answered: 'RangeError' } });
    expect(await rejects()).toEqual({ ok: false, checks: { answered: 'TypeError' } });
  });

  it('answers "not ready" where a check does not end', async () => {
    const ready = cacheReadiness(
      () => new Promise<Readiness>(() => undefined),
      () => 0,
      1,
    );
    expect(await ready()).toEqual({ ok: false, checks: { answered: 'too late' } });
  });
});
