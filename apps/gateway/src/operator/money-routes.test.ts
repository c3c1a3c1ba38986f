import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exportedRows, operatorUsage, tenantId } from '@batch-gpt/contracts';
import { noSizes } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import {
  sampleBatch,
  sampleKey,
  sampleLedgerEntry,
  sampleOutcome,
  sampleRequest,
  sampleSettlement,
} from '@batch-gpt/testing';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';
import { batchColumns, lineColumns } from './export-rows.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const [acme, beta] = ['acme', 'beta'].map((name) => tenantId.parse(name)) as [
  ReturnType<typeof tenantId.parse>,
  ReturnType<typeof tenantId.parse>,
];
/** The clock stands at midnight of the first. */
const days = 'from=2025-12-31&to=2026-01-01';
const billed = (inputTokens: number) => ({
  ...{ succeeded: 9, failed: 1, sentAgain: 2, lost: 1, inputTokens, cachedTokens: 0, outputTokens: 1_000_000 },
  unused: { inputTokens: 0, cachedTokens: 0, outputTokens: 10 },
});
const settle = (n: number, tenant = acme, ago = 1000) =>
  gateway.stores.batches.insert(
    sampleBatch(n, {
      ...{ tenant, state: 'settled', updatedAt: gateway.clock.now() - ago, billed: billed(2_000_000) },
      sizes: { ...noSizes, lines: 10 },
    }),
  );
const end = async (n: number, tenant = acme) => {
  const at = gateway.clock.now();
  await gateway.stores.requests.insert([sampleRequest(n, { tenant, acceptedAt: at })]);
  await gateway.stores.requests.endAccepted([sampleSettlement(sampleKey(n), sampleOutcome({ at: at + 5000 }))]);
};
const rows = async (path: string) => exportedRows.parse(await (await gateway.get(path)).json()).data;
const linesOf = async (path: string) => (await (await gateway.get(path)).text()).trimEnd().split('\r\n');

describe('the usage of all tenants', () => {
  test('is a row for each tenant, day and model, and adds up', async () => {
    await settle(1);
    await settle(2);
    await settle(3, beta);
    const day = '2025-12-31';
    await gateway.stores.ledger.add([sampleLedgerEntry({ tenant: beta, day, calls: 4 })]);
    const report = operatorUsage.parse(await (await gateway.get(`/admin/usage?${days}`)).json());
    expect(report.data.map(({ tenant, batches, cache_hits: hits }) => [tenant, batches.batches, hits.calls])).toEqual([
      ['acme', 2, 0],
      ['beta', 1, 4],
    ]);
    const costs = report.data.map(({ batches }) => batches.cost_usd ?? 0);
    expect(report.total.cost_usd).toBeCloseTo((costs[0] ?? 0) + (costs[1] ?? 0), 10);
    expect(report.total.cost_usd).toBeGreaterThan(0);
    const own = operatorUsage.parse(await (await gateway.get(`/admin/usage?tenant=beta&${days}`)).json());
    expect(own.data.map(({ tenant }) => tenant)).toEqual(['beta']);
    expect((await linesOf(`/admin/usage?format=csv&${days}`))[0]).toMatch(/^tenant,day,model,/);
  });
});

describe('exported batches', () => {
  test('are those that settled on these days, latest first, to the last place of a dollar', async () => {
    await settle(1, acme, 3000);
    await settle(2, beta, 2000);
    await settle(3, acme, 40 * 86_400_000);
    const data = await rows(`/admin/export/batches?${days}`);
    expect(data.map(({ tenant }) => tenant)).toEqual(['beta', 'acme']);
    // 2 million tokens in at $0.15, one million out at $0.60 a million, at half the price.
    expect(data[0]).toMatchObject({ cost_usd: '0.45', list_usd: '0.9', lines: 10, sent_again: 2, lost: 1 });
    expect(Object.keys(data[0] ?? {})).toEqual(batchColumns);
    expect(await rows(`/admin/export/batches?tenant=acme&${days}`)).toHaveLength(1);
    const [head, ...lines] = await linesOf(`/admin/export/batches?format=csv&${days}`);
    expect(head).toBe(batchColumns.join(','));
    expect(lines).toHaveLength(2);
  });

  test('of days long ago are found without reading what came later', async () => {
    for (let n = 0; n < 450; n += 1) await settle(n, acme, 1000 + n);
    const before = 40 * 86_400_000;
    await settle(500, acme, before);
    const day = new Date(gateway.clock.now() - before).toISOString().slice(0, 10);
    const { overview } = gateway.stores;
    const settledBatches = overview.settledBatches.bind(overview);
    let read = 0;
    overview.settledBatches = async (place, limit) => {
      const found = await settledBatches(place, limit);
      read += found.length;
      return found;
    };
    expect(await rows(`/admin/export/batches?from=${day}&to=${day}`)).toHaveLength(1);
    expect(read).toBe(1);
  });

  test('of more than a page are whole', async () => {
    for (let n = 0; n < 450; n += 1) await settle(n, acme, 1000 + n);
    expect(await rows(`/admin/export/batches?${days}`)).toHaveLength(450);
  });

  test('are a file by name, and one that cannot be finished is cut off', async () => {
    for (let n = 0; n < 450; n += 1) await settle(n, acme, 1000 + n);
    const { overview } = gateway.stores;
    const settledBatches = overview.settledBatches.bind(overview);
    let pages = 0;
    overview.settledBatches = (place, limit) => {
      pages += 1;
      return pages < 3 ? settledBatches(place, limit) : Promise.reject(new AppError('store_unavailable', 'away'));
    };
    const response = await gateway.get(`/admin/export/batches?format=csv&${days}`);
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="batch-gpt-batches-.*\.csv"$/);
    await expect(response.text()).rejects.toThrow();
  });
});

describe('exported lines', () => {
  test('are the requests that have ended, of every tenant', async () => {
    await end(1);
    await end(2, beta);
    await gateway.stores.requests.insert([sampleRequest(3, { acceptedAt: gateway.clock.now() })]);
    const data = await rows(`/admin/export/lines?${days}`);
    expect(data.map(({ tenant, result }) => [tenant, result])).toEqual([
      ['acme', 'succeeded'],
      ['beta', 'succeeded'],
    ]);
    expect(Object.keys(data[0] ?? {})).toEqual(lineColumns);
    expect(data[0]).toMatchObject({
      input_tokens: 12,
      output_tokens: 5,
      cost_usd: expect.stringMatching(/^0\.0000\d+$/),
    });
    expect(await rows('/admin/export/lines?tenant=beta&from=2020-01-01&to=2020-01-31')).toEqual([]);
  });

  test('carry no prompt, no answer, and no formula', async () => {
    await gateway.stores.requests.insert([
      sampleRequest(1, {
        model: '=HYPERLINK("x")',
        acceptedAt: gateway.clock.now(),
        body: '{"a":"a secret question"}',
      }),
    ]);
    await gateway.stores.requests.endAccepted([
      sampleSettlement(sampleKey(1), sampleOutcome({ body: '"a secret answer"', at: gateway.clock.now() })),
    ]);
    const text = (await linesOf(`/admin/export/lines?format=csv&${days}`)).join('\n');
    expect(text).toContain(`"'=HYPERLINK(""x"")"`);
    expect(text).not.toContain('secret');
  });
});

test('docs/money.md names every column of the exports', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../../docs/money.md'), 'utf8');
  const [, exports = ''] = page.split('## Exports');
  const named = [...exports.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name);
  expect([...batchColumns, ...lineColumns].filter((column) => !named.includes(column))).toEqual([]);
});
