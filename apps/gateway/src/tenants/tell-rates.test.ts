import { type ServerResponse } from 'node:http';
import { expect, test } from '@jest/globals';
import { createMemoryCallRates, sampleAccount } from '@batch-gpt/testing';
import { type Caller } from '../tenant-of.ts';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { sampleKeysFile, secretOf } from '../testing/sample-keys.ts';
import { keyRateOf, tenantRateOf } from './call-rate-of.ts';
import { createKeyring } from './keyring.ts';
import { createToldRates } from './tell-rates.ts';

const callerOf = (ofTenant: object, ofKey: object): Caller => {
  const file = sampleKeysFile({ acme: { limits: ofTenant } });
  const keys = file.keys.map((key) => ({ ...key, limits: { requestsPerMinute: null, waiters: null, ...ofKey } }));
  const holder = createKeyring({ ...file, keys }).find(secretOf('acme'));
  if (holder === null) throw new Error('no such key');
  return { tenant: holder.tenant, account: sampleAccount, keyName: holder.name, settings: holder.settings };
};

function setUp() {
  const clock = createManualGatewayClock(0);
  const rates = createToldRates(
    createMemoryCallRates(() => clock.monotonic()),
    clock,
  );
  const toldTo = (caller: Caller, headersSent = false) => {
    const told = new Map<string, unknown>();
    const res = { headersSent, setHeader: (name: string, value: unknown) => told.set(name, value) };
    rates.tell(res as unknown as ServerResponse, caller);
    return [...told.values()];
  };
  const take = async (caller: Caller, wanted: number) => {
    for (const rate of [keyRateOf(caller), tenantRateOf(caller)]) if (rate !== null) await rates.take(rate, wanted);
  };
  return { clock, toldTo, take };
}

test('of a key and its tenant the one that has less left is told', async () => {
  const { toldTo, take } = setUp();
  const caller = callerOf({ requestsPerMinute: 100 }, { requestsPerMinute: 10 });
  expect(toldTo(caller)).toEqual([10, 10, '0s']);
  await take(caller, 4);
  expect(toldTo(caller)).toEqual([10, 6, '24s']);
  const sibling = { ...caller, keyName: 'other' };
  await take(
    { ...sibling, settings: { ...caller.settings, limits: callerOf({ requestsPerMinute: 100 }, {}).settings.limits } },
    95,
  );
  expect(toldTo(caller)).toEqual([100, 1, '59.4s']);
});

test('nothing is told without such a limit, nor once an answer has begun', () => {
  const { toldTo } = setUp();
  expect(toldTo(callerOf({ pendingRequests: 5 }, {}))).toEqual([]);
  expect(toldTo(callerOf({ requestsPerMinute: 5 }, {}), true)).toEqual([]);
});

test('a rate of zero never fills; a changed one is new', async () => {
  const { toldTo, take, clock } = setUp();
  const closed = callerOf({ requestsPerMinute: 0 }, {});
  await take(closed, 1);
  await clock.advance(90_000);
  expect(toldTo(closed)).toEqual([0, 0, '1m0s']);
  expect(toldTo(callerOf({ requestsPerMinute: 7 }, {}))).toEqual([7, 7, '0s']);
});
