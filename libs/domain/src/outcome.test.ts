import { describe, expect, it } from '@jest/globals';
import { keepUntil, type KeptRow, type Outcome, type Retention } from './outcome.ts';

const retention: Retention = { cacheTtl: 3000, retryGrace: 200, failureTtl: 10, minimumKeep: 1000 };
const success: Outcome = {
  kind: 'succeeded',
  status: 200,
  body: '{}',
  shareable: true,
  usage: null,
  providerRequestId: null,
  batchId: null,
  at: 100_000,
};
const unshareable = { ...success, shareable: false };
const failure: Outcome = { ...success, kind: 'failed', status: 400 };
const ordinary: KeptRow = { isPrivate: false, cacheTtl: null };
const own: KeptRow = { isPrivate: true, cacheTtl: null };

describe('keepUntil', () => {
  it.each<[string, Outcome, KeptRow, number, number]>([
    ['a shareable success', success, ordinary, 3000, 3000],
    ['… with a time of its own', success, { ...ordinary, cacheTtl: 5000 }, 5000, 5000],
    ['… with a short one', success, { ...ordinary, cacheTtl: 7 }, 7, 1000],
    ['… that is shared with nobody later', success, { ...ordinary, cacheTtl: 0 }, 0, 1000],
    ['an unshareable success, whatever its time', unshareable, { ...ordinary, cacheTtl: 5000 }, 200, 1000],
    ['a failure, whatever its time', failure, { ...ordinary, cacheTtl: 5000 }, 10, 1000],
    ['a private row', success, own, 200, 200],
    ['… with a time of its own', success, { ...own, cacheTtl: 5000 }, 5000, 5000],
    ['… never shorter than retries need it', success, { ...own, cacheTtl: 0 }, 200, 200],
    ['… that failed, whatever its time', failure, { ...own, cacheTtl: 5000 }, 10, 200],
  ])('%s', (_name, outcome, row, reuseFor, keptFor) => {
    expect(keepUntil(outcome, retention, row)).toEqual({
      reuseUntil: outcome.at + reuseFor,
      expiresAt: outcome.at + keptFor,
    });
  });
});
