import { describe, expect, test } from '@jest/globals';
import { openAiPrices, type BilledUsage, type TenantUsage } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { createMemoryCallRates, sampleAccount } from '@batch-gpt/testing';
import { openCaller, type Caller } from '../tenant-of.ts';
import { createManualGatewayClock } from '../testing/manual-gateway-clock.ts';
import { sampleKeysFile, secretOf, sha256 } from '../testing/sample-keys.ts';
import { createKeyring } from './keyring.ts';
import { createNewWorkLimits } from './limit-new-work.ts';

const noon = Date.UTC(2026, 10, 24, 12);
const million = 1_000_000;
const billed = (day: string, dollars: number, model = 'gpt-4o'): BilledUsage => ({
  day,
  model,
  // gpt-4o: 1.25 dollars for a million input tokens in a batch.
  inputTokens: (dollars / 1.25) * million,
  cachedTokens: 0,
  outputTokens: 0,
});

/** Limits over usage that a test sets, for tenants of a file. */
function setUp(tenants: Record<string, unknown>, more: readonly Record<string, unknown>[] = [], now = noon) {
  const clock = createManualGatewayClock(now);
  const keyring = createKeyring(sampleKeysFile(tenants, more));
  const state = { pending: 0, spent: [] as readonly BilledUsage[], reads: [] as string[], away: false };
  const read = <T>(what: string, value: T): Promise<T> => {
    state.reads.push(what);
    return state.away ? Promise.reject(new AppError('store_unavailable', 'away')) : Promise.resolve(value);
  };
  const usage: Pick<TenantUsage, 'pendingOf' | 'spendOf'> = {
    pendingOf: (tenant, atMost) => read(`pending of ${tenant}`, Math.min(state.pending, atMost)),
    spendOf: (tenant, sinceDay) =>
      read(
        `spend of ${tenant} since ${sinceDay}`,
        state.spent.filter(({ day }) => day >= sinceDay),
      ),
  };
  const warned: unknown[] = [];
  const limits = createNewWorkLimits({
    usage,
    rates: createMemoryCallRates(() => clock.monotonic()),
    prices: openAiPrices,
    within: (work) => work,
    clock,
    logger: { warn: (_: string, fields: unknown) => void warned.push(fields) } as unknown as Logger,
  });
  const callerOf = (secret: string): Caller => {
    const holder = keyring.find(secret);
    if (holder === null) throw new Error('no such key');
    const { tenant, name, settings } = holder;
    return { tenant, account: sampleAccount, keyName: name, settings };
  };
  const ask = async (...secrets: string[]) =>
    (await limits(secrets.map(callerOf))).map((refusal) => refusal?.code ?? 'in');
  const refusalOf = async (secret: string) => (await limits([callerOf(secret)]))[0];
  return { clock, state, warned, limits, ask, refusalOf };
}

const acme = secretOf('acme');
const beta = secretOf('beta');
const times = (count: number, secret = acme) => Array<string>(count).fill(secret);

test('without limits nothing is read or counted', async () => {
  const { ask, state, limits } = setUp({ acme: { limits: { waiters: 1 } } });
  expect(await ask(acme, acme)).toEqual(['in', 'in']);
  expect(await limits([openCaller(() => sampleAccount)])).toEqual([null]);
  expect(state.reads).toEqual([]);
});

describe('requests a minute', () => {
  test('of a tenant: as many as there are, in order, then after a pause', async () => {
    const { ask, refusalOf, clock } = setUp({ acme: { limits: { requestsPerMinute: 3 } }, beta: {} });
    expect(await ask(acme, beta, acme, acme, acme)).toEqual(['in', 'in', 'in', 'in', 'rate_limit_exceeded']);
    const refusal = await refusalOf(acme);
    expect(refusal).toMatchObject({ code: 'rate_limit_exceeded', retryAfterMs: 20_000 });
    expect(refusal?.message).toMatch(/the tenant 'acme': 3 new requests a minute\. Please try again in 20\.0s/);
    await clock.advance(20_000);
    expect(await ask(acme, acme)).toEqual(['in', 'rate_limit_exceeded']);
  });

  test('a key that calls too often does not use up its tenant’s rate', async () => {
    const ci = { tenant: 'acme', name: 'ci', sha256: sha256('ci'), limits: { requestsPerMinute: 1 } };
    const { ask, refusalOf } = setUp({ acme: { limits: { requestsPerMinute: 4 } } }, [ci]);
    const refused = 'rate_limit_exceeded';
    expect(await ask(...times(10, 'ci'))).toEqual(['in', ...Array<string>(9).fill(refused)]);
    expect((await refusalOf('ci'))?.message).toContain("the API key 'ci' of the tenant 'acme': 1 new");
    expect(await ask(...times(4))).toEqual(['in', 'in', 'in', refused]);
  });
});

describe('pending requests', () => {
  test('as many as there is room, what was let in since the count included', async () => {
    const { ask, state, clock } = setUp({ acme: { limits: { pendingRequests: 10 } } });
    state.pending = 7;
    const full = 'too_many_pending_requests';
    expect(await ask(...times(2))).toEqual(['in', 'in']);
    expect(await ask(...times(2))).toEqual(['in', full]);
    expect(state.reads).toEqual(['pending of acme']);
    state.pending = 9;
    await clock.advance(2000);
    expect(await ask(...times(2))).toEqual(['in', full]);
  });

  test('what the rate refuses takes no room', async () => {
    const { ask } = setUp({ acme: { limits: { pendingRequests: 3, requestsPerMinute: 2 } } });
    expect(await ask(...times(3))).toEqual(['in', 'in', 'rate_limit_exceeded']);
    expect(await ask(...times(2))).toEqual(['rate_limit_exceeded', 'too_many_pending_requests']);
  });
});

describe('spending', () => {
  const limits = { spendPerDay: 2, spendPerMonth: 10 };

  test('of the day: only today’s counts, and tomorrow is another day', async () => {
    const { state, refusalOf, clock } = setUp({ acme: { limits } });
    state.spent = [billed('2026-11-23', 5), billed('2026-11-24', 1.5)];
    expect(await refusalOf(acme)).toBeNull();
    state.spent = [...state.spent, billed('2026-11-24', 0.6, 'gpt-4o-2024-08-06')];
    await clock.advance(2000);
    const refusal = await refusalOf(acme);
    expect(refusal?.code).toBe('insufficient_quota');
    expect(refusal?.message).toContain("'acme' has spent $2.10 of the $2.00 that it may spend today (UTC)");
    expect(refusal?.message).toContain('from 2026-11-25T00:00:00.000Z on');
    await clock.advance(12 * 3600 * 1000);
    expect(await refusalOf(acme)).toBeNull();
  });

  test('of the month: earlier months do not count', async () => {
    const { state, refusalOf, clock } = setUp({ acme: { limits } }, [], Date.UTC(2026, 11, 31, 23));
    state.spent = [billed('2026-11-30', 50), billed('2026-12-01', 8), billed('2026-12-30', 2)];
    const refusal = await refusalOf(acme);
    expect(refusal?.message).toContain('$10.00 of the $10.00 that it may spend this month');
    expect(refusal?.message).toContain('from 2027-01-01T00:00:00.000Z on');
    expect(state.reads).toEqual(['spend of acme since 2026-12-01']);
    await clock.advance(3600 * 1000);
    expect(await refusalOf(acme)).toBeNull();
    expect(state.reads.at(-1)).toBe('spend of acme since 2027-01-01');
  });

  test('a limit of nothing lets nothing in', async () => {
    expect(await setUp({ acme: { limits: { spendPerDay: 0 } } }).ask(acme)).toEqual(['insufficient_quota']);
  });

  test('models without a price do not count, and are named once', async () => {
    const { state, ask, warned, clock } = setUp({ acme: { limits } });
    state.spent = [billed('2026-11-24', 1000, 'gpt-99')];
    expect(await ask(acme)).toEqual(['in']);
    await clock.advance(2000);
    expect(await ask(acme)).toEqual(['in']);
    expect(warned).toEqual([{ model: 'gpt-99' }]);
  });

  test('a tenant that spent everything uses up nothing else', async () => {
    const { state, ask, clock } = setUp({ acme: { limits: { ...limits, requestsPerMinute: 1, pendingRequests: 1 } } });
    state.spent = [billed('2026-11-24', 3)];
    expect(await ask(...times(3))).toEqual(times(3, 'insufficient_quota'));
    state.spent = [];
    await clock.advance(2000);
    expect(await ask(acme)).toEqual(['in']);
  });
});

test('a store that is away refuses those whom it has to be asked about, and nobody else', async () => {
  const { ask, state } = setUp({ acme: { limits: { spendPerDay: 1 } }, beta: { limits: { requestsPerMinute: 9 } } });
  state.away = true;
  expect(await ask(acme, beta, acme)).toEqual(['store_unavailable', 'in', 'store_unavailable']);
  state.away = false;
  expect(await ask(acme)).toEqual(['in']);
});

test('calls at the same time share one read', async () => {
  const { ask, state } = setUp({ acme: { limits: { spendPerDay: 1, pendingRequests: 5 } } });
  const all = await Promise.all(Array.from({ length: 7 }, () => ask(acme)));
  expect(all.flat().filter((one) => one === 'in')).toHaveLength(5);
  expect(state.reads).toHaveLength(2);
});
