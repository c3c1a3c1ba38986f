import { describe, expect, test } from '@jest/globals';
import { ApiError } from '../api-error.ts';
import { createFaults } from './create-faults.ts';
import { faultMenu, isFaultName } from './fault-menu.ts';
import { type Fault, faultSchema } from './fault.ts';

let now = 1000;
const faultsOf = (...ordered: Fault[]) => {
  const faults = createFaults({ clock: { now: () => now }, seed: 1 });
  faults.order(ordered);
  return faults;
};
const bitten = (faults: ReturnType<typeof faultsOf>, name: Fault['name'], occasions: number): boolean[] =>
  Array.from({ length: occasions }, () => faults.take(name) !== null);

describe('a fault', () => {
  test('bites as often as ordered, after skipping, and a new order replaces the old', () => {
    const faults = faultsOf({ name: 'list_lag', times: 2, skip: 1, ms: 5 });
    expect([1, 2, 3, 4].map(() => faults.take('list_lag')?.ms ?? null)).toEqual([null, 5, 5, null]);
    faults.order([{ name: 'list_lag' }]);
    faults.order([]);
    expect(faults.take('list_lag')).toBeNull();
  });

  test('refuses only at its own site', () => {
    const faults = faultsOf({ name: 'create_500' });
    expect(() => faults.refuseAt('list')).not.toThrow();
    expect(() => faults.refuseAt('create')).toThrow();
    expect(() => faults.refuseAt('create')).not.toThrow();
  });

  test('of the same name and site stand beside each other', () => {
    const faults = faultsOf({ name: 'list_500', skip: 1 }, { name: 'list_429', ms: 2500 }, { name: 'list_500' });
    const statuses = [1, 2, 3, 4].map(() => {
      try {
        faults.refuseAt('list');
        return 200;
      } catch (error) {
        return error instanceof ApiError ? [error.status, error.headers['retry-after']] : error;
      }
    });
    expect(statuses).toEqual([[429, '3'], [500, undefined], [500, undefined], 200]);
  });

  test('with a probability bites in a seeded order that nothing else in force disturbs, without end', () => {
    const rare: Fault = { name: 'retrieve_500', probability: 0.3 };
    const alone = bitten(faultsOf(rare), 'retrieve_500', 1000);
    const hits = alone.filter(Boolean).length;
    expect(hits).toBeGreaterThan(240);
    expect(hits).toBeLessThan(360);
    const among = faultsOf(rare, { name: 'list_500', probability: 0.5 });
    const both = Array.from({ length: 1000 }, () => {
      among.take('list_500');
      return among.take('retrieve_500') !== null;
    });
    expect(both).toEqual(alone);
    among.order([rare], 2);
    expect(among.seed()).toBe(2);
    expect(bitten(among, 'retrieve_500', 1000)).not.toEqual(alone);
    expect(among.pending()).toEqual([{ ...rare, skip: 0 }]);
  });

  test('with a probability and times ends when it has bitten so often', () => {
    const faults = faultsOf({ name: 'retrieve_500', probability: 0.5, times: 3 });
    expect(bitten(faults, 'retrieve_500', 100).filter(Boolean)).toHaveLength(3);
    expect(faults.pending()).toEqual([]);
  });

  test('that lasts bites each subject for its time, and then leaves it alone', () => {
    const faults = faultsOf({ name: 'content_404', forMs: 2000 });
    const at = (ms: number, subject: string): boolean => {
      now = ms;
      return faults.take('content_404', subject) !== null;
    };
    expect([
      at(0, 'a'),
      at(1500, 'a'),
      at(1500, 'b'),
      at(2000, 'a'),
      at(3499, 'b'),
      at(3500, 'b'),
      at(9000, 'a'),
    ]).toEqual([true, true, true, false, true, false, false]);
    expect(at(9000, 'c')).toBe(true);
  });

  test('that lasts is in force as long as its last bite', () => {
    now = 0;
    const faults = faultsOf({ name: 'list_503', times: 1, forMs: 100 });
    expect(() => faults.refuseAt('list')).toThrow();
    expect(faults.pending()).toHaveLength(1);
    now = 99;
    expect(() => faults.refuseAt('list')).toThrow();
    now = 100;
    expect(() => faults.refuseAt('list')).not.toThrow();
    expect(faults.pending()).toEqual([]);
  });
});

test('every fault that refuses does so with an error status', () => {
  for (const [name, { site, refuse }] of Object.entries(faultMenu)) {
    if (refuse === undefined || !isFaultName(name)) continue;
    const faults = faultsOf(faultSchema.parse({ name }));
    expect(() => faults.refuseAt(site)).toThrow(ApiError);
  }
});

test('only line_marker takes a marker, and it needs a known one', () => {
  expect(faultSchema.safeParse({ name: 'line_marker', marker: 'big:500' }).success).toBe(true);
  expect(faultSchema.safeParse({ name: 'line_marker', marker: 'nothing' }).success).toBe(false);
  expect(faultSchema.safeParse({ name: 'line_marker' }).success).toBe(false);
  expect(faultSchema.safeParse({ name: 'list_500', marker: 'slow' }).success).toBe(false);
});
