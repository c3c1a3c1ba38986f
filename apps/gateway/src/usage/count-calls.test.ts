import { expect, test } from '@jest/globals';
import { tenantId } from '@batch-gpt/contracts';
import { type LedgerEntry } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { createMemoryStores } from '@batch-gpt/testing';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { createCallCounts, flushAfter } from './count-calls.ts';

const noon = Date.UTC(2026, 10, 24, 12);
const tenant = tenantId.parse('acme');
const call = { tenant, model: 'gpt-4o' };
const usage = { inputTokens: 10, cachedTokens: 4, outputTokens: 3 };
const everything = { tenant: null, fromDay: '2026-01-01', toDay: '2026-12-31' };

function setUp(start = noon) {
  const clock = createManualGatewayClock(start);
  const { ledger } = createMemoryStores();
  const adds: (readonly LedgerEntry[])[] = [];
  const state = { away: false };
  const warned: unknown[] = [];
  const counts = createCallCounts({
    ledger: {
      add: async (increments) => {
        adds.push(increments);
        if (state.away) throw new AppError('store_unavailable', 'away');
        await ledger.add(increments);
      },
    },
    within: (work) => work,
    clock,
    logger: {
      warn: (message: string, fields: object) => void warned.push({ message, ...fields }),
    } as unknown as Logger,
  });
  return { clock, ledger, adds, state, warned, counts, read: () => ledger.read(everything, 100) };
}

test('writes nothing per call, and everything once ten seconds after the first', async () => {
  const { clock, adds, counts, read } = setUp();
  for (let n = 0; n < 500; n += 1) counts.call('cache_hit', call, usage);
  counts.call('shared_call', call, null);
  counts.tokens('shared_call', call, usage);
  counts.call('realtime', { tenant, model: 'o3' }, null);
  await clock.advance(flushAfter - 1);
  expect(adds).toEqual([]);
  await clock.advance(1);
  expect(adds).toHaveLength(1);
  expect(await read()).toEqual([
    {
      ...call,
      day: '2026-11-24',
      kind: 'cache_hit',
      calls: 500,
      inputTokens: 5000,
      cachedTokens: 2000,
      outputTokens: 1500,
    },
    { ...call, day: '2026-11-24', kind: 'shared_call', calls: 1, ...usage },
    {
      tenant,
      model: 'o3',
      day: '2026-11-24',
      kind: 'realtime',
      calls: 1,
      inputTokens: 0,
      cachedTokens: 0,
      outputTokens: 0,
    },
  ]);
});

test('sets no timer while nothing is counted', async () => {
  const { clock, adds, counts } = setUp();
  expect(clock.pending()).toBe(0);
  counts.call('cache_hit', call, usage);
  expect(clock.pending()).toBe(1);
  await clock.advance(flushAfter);
  expect(clock.pending()).toBe(0);
  await clock.advance(10 * flushAfter);
  expect(adds).toHaveLength(1);
});

test('keeps the days of UTC apart', async () => {
  const { clock, counts, read } = setUp(Date.UTC(2026, 10, 24, 23, 59, 59, 999));
  counts.call('cache_hit', call, usage);
  await clock.advance(1);
  counts.call('cache_hit', call, usage);
  await clock.advance(flushAfter);
  expect((await read()).map(({ day, calls }) => [day, calls])).toEqual([
    ['2026-11-24', 1],
    ['2026-11-25', 1],
  ]);
});

test('writes what is left when it is disposed of', async () => {
  const { clock, counts, read } = setUp();
  counts.call('cache_hit', call, usage);
  await counts[Symbol.asyncDispose]();
  expect((await read()).map(({ calls }) => calls)).toEqual([1]);
  expect(clock.pending()).toBe(0);
});

test('adds nothing twice: what a store refused is logged, and missing', async () => {
  const { clock, adds, state, warned, counts, read } = setUp();
  state.away = true;
  counts.call('cache_hit', call, usage);
  counts.call('cache_hit', call, usage);
  await clock.advance(flushAfter);
  state.away = false;
  counts.call('cache_hit', call, usage);
  await clock.advance(flushAfter);
  expect(adds).toHaveLength(2);
  expect((await read()).map(({ calls }) => calls)).toEqual([1]);
  expect(warned).toMatchObject([{ entries: 1 }, { message: 'calls are missing from the ledger', calls: 2 }]);
});

test('holds a bounded number of counts, writes them in pages and says what is missing', async () => {
  const { clock, adds, warned, counts, read } = setUp();
  for (let n = 0; n < 10_007; n += 1) counts.call('cache_hit', { tenant, model: `m-${n}` }, usage);
  counts.tokens('shared_call', call, usage);
  await clock.advance(flushAfter);
  await counts[Symbol.asyncDispose]();
  expect(adds.map((increments) => increments.length)).toEqual(Array(10).fill(1000));
  expect(await read()).toHaveLength(100);
  expect(warned).toEqual([{ message: 'calls are missing from the ledger', calls: 7 }]);
});
