import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { tenantId, usageReport, type TenantId, type UsageReport } from '@batch-gpt/contracts';
import { addSizes, noSizes, openAiPrices, type BatchRecord, type BilledTotals } from '@batch-gpt/domain';
import { sampleBatch, sampleLedgerEntry } from '@batch-gpt/testing';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

const [acme, other] = ['acme', 'other'].map((name) => tenantId.parse(name)) as [TenantId, TenantId];
const million = 1_000_000;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({
    apiKeys: createManualApiKeys(sampleKeysFile({ acme: {}, other: {} })),
    prices: new Map([...openAiPrices, ['=dear', { input: 4, cachedInput: null, output: 8 }]]),
  });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const ask = (query = '', headers: Record<string, string> = {}, tenant = 'acme') =>
  gateway.get(`/v1/usage${query}`, { headers: { authorization: `Bearer ${secretOf(tenant)}`, ...headers } });
const report = async (query = '', tenant = 'acme'): Promise<UsageReport> => {
  // Past what is kept of the report before.
  await gateway.clock.advance(2000);
  const response = await ask(query, {}, tenant);
  expect(response.status).toBe(200);
  return usageReport.parse(await response.json());
};

let batches = 0;
/** Stores a batch of this tenant that settled on that day. */
const settle = async (day: string, billed: Partial<BilledTotals>, overrides: Partial<BatchRecord> = {}) => {
  batches += 1;
  const none = { succeeded: 0, failed: 0, sentAgain: 0, inputTokens: 0, cachedTokens: 0, outputTokens: 0 };
  const updatedAt = Date.parse(`${day}T12:00:00Z`);
  await gateway.stores.batches.insert(
    sampleBatch(batches, {
      ...{ tenant: acme, state: 'settled', updatedAt, billed: { ...none, ...billed } },
      sizes: addSizes(noSizes, { lines: 10, bytes: 0, tokens: 0, inputs: 0 }),
      ...overrides,
    }),
  );
};

describe("a tenant's usage", () => {
  test('nothing, for a tenant that used nothing: this month so far', async () => {
    const zero = {
      ...{ cost_usd: 0, list_usd: 0, discount_usd: 0, cache_hits_usd: 0, shared_calls_usd: 0 },
      ...{ waste_usd: 0, savings_usd: 0, realtime_list_usd: 0 },
    };
    expect(await report()).toEqual({
      ...{ object: 'batch_gpt.usage', from: '2026-01-01', to: '2026-01-01', data: [], unpriced: [], total: zero },
    });
  });

  test('batches by day and model, whatever they ended as, with what they cost and would have cost', async () => {
    const provider = { status: 'completed' } as NonNullable<BatchRecord['provider']>;
    await settle('2026-01-02', { succeeded: 9, failed: 1, inputTokens: 2 * million, outputTokens: million });
    await settle('2026-01-02', { succeeded: 10, inputTokens: million, cachedTokens: million }, { provider });
    await settle('2026-01-03', { succeeded: 1, inputTokens: million }, { model: 'o3' });
    await settle('2026-01-04', { inputTokens: 7 });
    await settle('2026-01-03', { inputTokens: 7 }, { tenant: other });
    const { data, total } = await report('?from=2026-01-01&to=2026-01-03');
    expect(data.map(({ day, model }) => [day, model])).toEqual([
      ['2026-01-02', 'gpt-4o-mini'],
      ['2026-01-03', 'o3'],
    ]);
    expect(data[0]).toMatchObject({ priced: true, price_as_of: '2026-02' });
    expect(data[0]?.batches).toEqual({
      ...{ batches: 2, lines: 20, succeeded: 19, failed: 1 },
      ...{ input_tokens: 3 * million, cached_tokens: million, output_tokens: million },
      // Of the batch prices none is lower for cached input.
      ...{ cost_usd: 0.525, list_usd: 0.975, discount_usd: 0.45 },
    });
    expect(data[1]?.batches).toMatchObject({ cost_usd: 1, list_usd: 2, discount_usd: 1 });
    expect(total).toMatchObject({ cost_usd: 1.525, list_usd: 2.975, discount_usd: 1.45, savings_usd: 1.45 });
  });

  test('what was saved and wasted stands apart, and adds up to the savings', async () => {
    const unused = { inputTokens: million, cachedTokens: 0, outputTokens: 0 };
    await settle('2026-01-02', { inputTokens: 4 * million, sentAgain: 3, lost: 2, unused }, { model: 'o3' });
    const entry = { day: '2026-01-02', model: 'o3', tenant: acme };
    const tokens = { inputTokens: million, cachedTokens: 0, outputTokens: million };
    await gateway.stores.ledger.add([
      sampleLedgerEntry({ ...entry, ...tokens, kind: 'cache_hit', calls: 5 }),
      sampleLedgerEntry({ ...entry, ...tokens, kind: 'shared_call', calls: 2, outputTokens: 0 }),
      sampleLedgerEntry({ ...entry, ...tokens, kind: 'realtime', calls: 1, inputTokens: 0, outputTokens: 10 }),
      sampleLedgerEntry({ ...entry, ...tokens, tenant: other }),
    ]);
    const { data, total } = await report('?to=2026-01-02');
    expect(data).toMatchObject([
      {
        batches: { cost_usd: 4, list_usd: 8, discount_usd: 4 },
        cache_hits: { calls: 5, input_tokens: million, output_tokens: million, saved_usd: 10 },
        shared_calls: { calls: 2, input_tokens: million, output_tokens: 0, saved_usd: 2 },
        realtime: { calls: 1, output_tokens: 10, list_usd: 0.00008 },
        waste: { lines_run_again: 3, lines_lost: 2, input_tokens: million, cost_usd: 1 },
      },
    ]);
    expect(total).toEqual({
      ...{ cost_usd: 4, list_usd: 8, discount_usd: 4, cache_hits_usd: 10, shared_calls_usd: 2, waste_usd: 1 },
      ...{ savings_usd: 15, realtime_list_usd: 0.00008 },
    });
  });

  test('models without a price are counted and named, and cost nothing known', async () => {
    await settle('2026-01-01', { inputTokens: 100 }, { model: 'gpt-99' });
    await settle('2026-01-01', { succeeded: 10 }, { model: 'omni-moderation-latest' });
    const { tenant, ...entry } = sampleLedgerEntry({ model: 'gpt-99', calls: 3 });
    expect(tenant).not.toBe(other);
    await gateway.stores.ledger.add([{ ...entry, tenant: acme }]);
    const { data, total, unpriced } = await report();
    expect(data[0]).toMatchObject({
      ...{ model: 'gpt-99', priced: false, price_as_of: null },
      batches: { input_tokens: 100, cost_usd: null, list_usd: null, discount_usd: null },
      cache_hits: { calls: 3, saved_usd: null },
      waste: { cost_usd: null },
    });
    expect(data[1]).toMatchObject({ model: 'omni-moderation-latest', priced: true, batches: { cost_usd: 0 } });
    expect(unpriced).toEqual([{ model: 'gpt-99', lines: 10, calls: 3 }]);
    expect(total.cost_usd).toBe(0);
  });

  test("is never another tenant's", async () => {
    await settle('2026-01-01', { inputTokens: 5 }, { tenant: other });
    await gateway.stores.ledger.add([sampleLedgerEntry({ tenant: other })]);
    expect((await report()).data).toEqual([]);
    expect((await report('', 'other')).data).toMatchObject([
      { batches: { input_tokens: 5 }, cache_hits: { calls: 1 } },
    ]);
    expect((await gateway.get('/v1/usage')).status).toBe(401);
  });

  test('covers any days up to a quarter, pieced together without a gap or an overlap', async () => {
    const days = Array.from({ length: 92 }, (_, n) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10));
    for (const day of days) await settle(day, { inputTokens: 1 });
    const { data } = await report(`?from=${days[0] ?? ''}&to=${days[91] ?? ''}`);
    expect(data.map(({ day, batches: { batches: count } }) => [day, count])).toEqual(days.map((day) => [day, 1]));
  });

  test.each([
    ['?from=2026-01-01&to=2026-04-03', 'from'],
    ['?from=2026-01-02&to=2026-01-01', 'from'],
    ['?from=2026-02-30', 'from'],
    ['?to=yesterday', 'to'],
    ['?to=2026-1-1', 'to'],
    ['?from=2026-01-01&from=2026-01-02', 'from'],
    ['?format=xml', 'format'],
  ])('%s is refused for its %s', async (query, param) => {
    const response = await ask(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_value', param } });
  });

  test('asked for at once is read once', async () => {
    let reads = 0;
    Object.assign(gateway.stores.usage, {
      settledOf: () => {
        reads += 1;
        return Promise.resolve([]);
      },
    });
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(reads).toBe(1);
  });
});

describe('as CSV', () => {
  const csv = async (query = '?format=csv', headers: Record<string, string> = {}) => {
    await gateway.clock.advance(2000);
    const response = await ask(query, headers);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    return response.text();
  };
  /** Reads CSV back. */
  const parse = (text: string) =>
    text
      .trimEnd()
      .split('\r\n')
      .map((line) =>
        [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
          quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'),
        ),
      );

  test('where it is asked for or liked better, and JSON else', async () => {
    expect(await csv()).toContain('day,model,priced,');
    await csv('', { accept: 'text/csv' });
    await csv('', { accept: 'application/json;q=0.5, text/csv' });
    for (const accept of ['*/*', 'application/json', 'application/json, text/csv', 'text/html']) {
      expect((await ask('', { accept })).headers.get('content-type')).toBe('application/json');
    }
    expect((await ask('?format=json', { accept: 'text/csv' })).headers.get('content-type')).toBe('application/json');
    expect((await ask()).headers.get('vary')).toMatch(/accept/i);
  });

  test('every number of the rows, under the names of their parts', async () => {
    await settle('2026-01-01', { inputTokens: million, succeeded: 9, lost: 1 });
    await settle('2026-01-01', { inputTokens: 3 }, { model: 'gpt-99' });
    const [names = [], ...lines] = parse(await csv());
    const rows = lines.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at]])));
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({
      ...{ day: '2026-01-01', model: 'gpt-99', priced: 'false', price_as_of: '', batches_cost_usd: '' },
      ...{ batches_input_tokens: '3', cache_hits_calls: '0' },
    });
    expect(rows[0]).toMatchObject({ batches_lines: '10', batches_succeeded: '9', batches_cost_usd: '0.075' });
    expect(rows[0]).toMatchObject({ waste_lines_lost: '1', realtime_list_usd: '0' });
    for (const cells of lines) expect(cells).toHaveLength(names.length);
  });

  test('no name of a model is a formula, or breaks out of its cell', async () => {
    const evil = ['=HYPERLINK("http://x","y")', '+1', '-1', '@SUM(1)', '  =1', '|calc', 'a"b', 'a,b'];
    for (const model of evil) await settle('2026-01-01', { inputTokens: 1 }, { model });
    const [, ...lines] = parse(await csv());
    const models = lines.map((cells) => cells[1] ?? '');
    expect(models.toSorted()).toEqual([...evil.slice(0, 6).map((model) => `'${model}`), 'a"b', 'a,b'].toSorted());
    expect(models.filter((model) => /^\s*[=+\-@|%]/.test(model))).toEqual([]);
  });
});

test('a ledger with more than a report shows is a refusal, not a part of it', async () => {
  const models = Array.from({ length: 10_001 }, (_, n) => sampleLedgerEntry({ tenant: acme, model: `m-${n}` }));
  for (let from = 0; from < models.length; from += 1000)
    await gateway.stores.ledger.add(models.slice(from, from + 1000));
  const response = await ask();
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_value', param: 'from' } });
});
