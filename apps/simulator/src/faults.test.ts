import { expect, test } from '@jest/globals';
import { ApiError } from './api-error.ts';
import { createFaults, faultMenu, type FaultName, faultSchema } from './faults.ts';

test('a fault bites as often as ordered, after skipping, and a new order replaces the old', () => {
  const faults = createFaults();
  faults.order([{ name: 'list_lag', times: 2, skip: 1, ms: 5 }]);
  expect([1, 2, 3, 4].map(() => faults.take('list_lag')?.ms ?? null)).toEqual([null, 5, 5, null]);
  faults.order([{ name: 'list_lag' }]);
  faults.order([]);
  expect(faults.take('list_lag')).toBeNull();
});

test('refuses only at its own site', () => {
  const faults = createFaults();
  faults.order([{ name: 'create_500' }]);
  expect(() => faults.refuseAt('list')).not.toThrow();
  expect(() => faults.refuseAt('create')).toThrow();
  expect(() => faults.refuseAt('create')).not.toThrow();
});

test('every fault that refuses does so with an error status', () => {
  for (const [name, { site, ...row }] of Object.entries(faultMenu)) {
    if (!('refuse' in row)) continue;
    const faults = createFaults();
    faults.order([faultSchema.parse({ name: name as FaultName })]);
    expect(() => faults.refuseAt(site)).toThrow(ApiError);
  }
});
