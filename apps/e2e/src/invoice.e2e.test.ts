/*
 * The bill: what the system says that its batches were billed, against the simulator's ledger of what the provider ran and
 * would charge for. Lines whose rows the provider lost are paid, but in no file: they are set apart, by what the provider's
 * own result files lack.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { batchList, requestList, usageReport, type BatchObject, type UsageReport } from '@batch-gpt/contracts';
import { costOf, openAiPrices, type PriceList } from '@batch-gpt/domain';
import { eventually } from '@batch-gpt/testing';
import OpenAI from 'openai';
import { startStack, type Stack } from './start-stack.ts';
import type { LedgerLine } from './witness.ts';

// Dear enough that a cent is less than a token.
const dear = { 'gpt-4.1-mini': { input: 40_000, output: 160_000, batch: { input: 15_000, output: 70_000 } } };
const prices: PriceList = new Map([
  ...openAiPrices,
  [
    'gpt-4.1-mini',
    { ...dear['gpt-4.1-mini'], cachedInput: null, batch: { input: 15_000, cachedInput: null, output: 70_000 } },
  ],
]);
const withoutPrice = 'chatgpt-image-latest';

/** A body of each endpoint, of models with and without a price of their own. */
const kinds: readonly (readonly [path: string, body: (text: string) => object])[] = [
  ['chat/completions', (text) => ({ model: 'gpt-4.1-mini', messages: [{ role: 'user', content: text }] })],
  ['chat/completions', (text) => ({ model: 'gpt-6-luna', messages: [{ role: 'user', content: text }], n: 2 })],
  ['responses', (text) => ({ model: 'gpt-5-mini-2025-08-07', input: text })],
  ['embeddings', (text) => ({ model: 'text-embedding-3-small', input: text })],
  ['completions', (text) => ({ model: 'gpt-3.5-turbo-instruct', prompt: text })],
  ['moderations', (text) => ({ model: 'omni-moderation-latest', input: text })],
  ['images/generations', (text) => ({ model: 'gpt-image-2.5-flare', prompt: text })],
  ['images/generations', (text) => ({ model: withoutPrice, prompt: text })],
];
const chats = kinds.slice(0, 1);

let folder: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-invoice-'));
  const pricesFile = join(folder, 'prices.json');
  await writeFile(pricesFile, JSON.stringify(dear));
  stack = await startStack({
    env: { PRICES_FILE: pricesFile, FAILURE_TTL: '1', WAITER_SWEEP_MS: '300', RESULTS_STUCK_AFTER_MS: '3000' },
    results: 2,
  });
});
afterEach(() => stack.witness.control({ faults: [], hold: false }));
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const post = async (path: string, body: object): Promise<void> => {
  const headers = { 'content-type': 'application/json', prefer: 'respond-async' };
  const response = await stack.fetch(`/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect([path, response.status]).toEqual([path, 202]);
};
const postAll = (texts: readonly string[], of = kinds) =>
  Promise.all(of.flatMap(([path, body]) => texts.map((text) => post(path, body(text)))));
const texts = (topic: string, count: number) => Array.from({ length: count }, (_, n) => `${topic} ${n}`);

async function batches(): Promise<readonly BatchObject[]> {
  const all: BatchObject[] = [];
  for (let after = ''; ;) {
    const page = batchList.parse(await (await stack.fetch(`/v1/batches?limit=100${after}`)).json());
    all.push(...page.data);
    if (!page.has_more) return all;
    after = `&after=${page.last_id ?? ''}`;
  }
}

/** Resolves when every request has its outcome and every batch is settled, but for as many as are told. */
const settled = (open = 0) =>
  eventually(
    async () => {
      for (const state of ['accepted', 'collected']) {
        const { data } = requestList.parse(await (await stack.fetch(`/v1/requests?state=${state}&limit=1`)).json());
        if (data.length > 0) return false;
      }
      return (await batches()).filter(({ usage }) => usage === null).length === open;
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );
const inProgress = () =>
  eventually(async () => (await batches()).find(({ status }) => status === 'in_progress') ?? false);
const idAtProvider = ({ metadata }: BatchObject): string => metadata['provider_batch_id'] ?? '';

interface Tokens {
  readonly lines: number;
  readonly input: number;
  readonly output: number;
}
const sumOf = (lines: readonly LedgerLine[]): Tokens => ({
  lines: lines.length,
  input: lines.reduce((sum, { usage }) => sum + usage.input_tokens, 0),
  output: lines.reduce((sum, { usage }) => sum + usage.output_tokens, 0),
});

/** The lines that the provider charges for, told apart by whether its result files have their rows. */
async function invoice() {
  const billed = (await stack.witness.lines()).filter((line) => line.billed);
  const provider = new OpenAI({ baseURL: `${stack.simulatorUrl}/v1`, apiKey: 'sk-e2e-provider' });
  const given = new Map<string, ReadonlySet<string>>();
  for (const id of new Set(billed.map(({ batch_id }) => batch_id))) {
    const { output_file_id: file } = await provider.batches.retrieve(id);
    const rows = file ? await (await provider.files.content(file)).text() : '';
    given.set(id, new Set([...rows.matchAll(/"custom_id":"([0-9a-f]{64})"/g)].map(([, key = '']) => key)));
  }
  const isGiven = ({ batch_id, custom_id }: LedgerLine) => given.get(batch_id)?.has(custom_id) === true;
  return { given: billed.filter(isGiven), lost: billed.filter((line) => !isGiven(line)) };
}

/** The days around midnight are included. */
async function report(): Promise<UsageReport> {
  const dayAt = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
  const response = await stack.fetch(`/v1/usage?from=${dayAt(-1)}&to=${dayAt(1)}`);
  return usageReport.parse(await response.json());
}

/** What the API says of a model, in the invoice's terms. */
const reported = ({ data }: UsageReport, model: string): Tokens => {
  const rows = data.filter((row) => row.model === model).map((row) => row.batches);
  return {
    lines: rows.reduce((sum, { succeeded }) => sum + succeeded, 0),
    input: rows.reduce((sum, row) => sum + row.input_tokens, 0),
    output: rows.reduce((sum, row) => sum + row.output_tokens, 0),
  };
};

describe('the bill', () => {
  it('of every endpoint and model, with lines that fail, repeat, are not run and get lost', async () => {
    const markers = [
      '400',
      '500:1',
      '429:1',
      '503:9',
      'status0:1',
      'timeout:1',
      'expired:1',
      'missing:1',
      'lost_row:1',
    ];
    const odd = ['duplicate_row', 'unknown_row', 'extra_keys', 'content_filter', 'big:20'];
    await postAll(texts('plain', 3));
    // Asked twice before they are settled: shared, and in one line.
    await postAll(texts('plain', 3), chats);
    await settled();
    for (const some of [markers.slice(0, 5), markers.slice(5), odd]) {
      await postAll(some.map((marker) => `marked [[simulate:${marker}]]`));
      await settled();
    }
  });

  it.each([
    'expire_partial',
    'completed_null_output',
    'empty_string_ids',
    'omitted_ids',
    'no_trailing_newline',
    'token_limit_exceeded',
    'spurious_file_not_found',
    'validation_line_error',
    'validation_unnamed',
    'create_lost_answer',
    'create_500_created',
    'upload_lost_answer',
    'content_cut',
    'content_short',
  ])('of a batch under %s', async (name) => {
    await stack.witness.control({ faults: [{ name }] });
    await postAll(texts(`under ${name}`, 4), chats);
    await settled();
  });

  it('of a batch that is cancelled while its lines run', async () => {
    await stack.witness.control({ hold: true, faults: [{ name: 'cancel_rising', ms: 200 }] });
    await postAll(texts('cancelled', 6), chats);
    const { id } = await inProgress();
    expect((await stack.fetch(`/v1/batches/${id}/cancel`, { method: 'POST' })).status).toBe(200);
    await settled();
    const before = await batches();
    expect(before.find((batch) => batch.id === id)?.usage?.output_tokens).toBeGreaterThan(0);
  });

  it('of a batch that an operator gave up: what came too late is paid, and of no use', async () => {
    await stack.witness.control({ faults: [{ name: 'stuck_in_progress' }] });
    await postAll(texts('given up', 4), chats);
    const stuck = await inProgress();
    expect((await stack.fetch(`/admin/batches/${stuck.id}/abandon`, { method: 'POST' })).status).toBe(200);
    // Its failures end soon, and the same calls run again.
    await settled(1);
    await eventually(async () => {
      await postAll(texts('given up', 4), chats);
      return (await batches()).filter(({ usage }) => usage === null).length > 1;
    });
    await settled(1);
    expect((await report()).total.waste_usd).toBe(0);
    await stack.witness.finish(idAtProvider(stuck));
    await settled();

    const late = sumOf((await invoice()).given.filter(({ batch_id }) => batch_id === idAtProvider(stuck)));
    expect(late.lines).toBe(4);
    // A report is kept for two seconds.
    const { data, total } = await eventually(async () => {
      const latest = await report();
      return latest.total.waste_usd > 0 && latest;
    });
    const waste = data.filter(({ model }) => model === 'gpt-4.1-mini').map((row) => row.waste);
    expect(waste.reduce((sum, row) => sum + row.input_tokens, 0)).toBe(late.input);
    expect(waste.reduce((sum, row) => sum + row.output_tokens, 0)).toBe(late.output);
    expect(total.waste_usd).toBeLessThan(total.cost_usd);
  });

  it('of every batch is what the provider charges for it, token by token, but for the lines that it lost', async () => {
    const { given } = await invoice();
    const ours = await batches();
    const byBatch = Map.groupBy(given, ({ batch_id }) => batch_id);
    const unknown = [...byBatch.keys()].filter((id) => !ours.some((batch) => idAtProvider(batch) === id));
    expect(unknown).toEqual([]);
    for (const batch of ours) {
      const { input, output } = sumOf(byBatch.get(idAtProvider(batch)) ?? []);
      expect([batch.id, batch.usage]).toMatchObject([batch.id, { input_tokens: input, output_tokens: output }]);
    }
  });

  it('adds up to the invoice: tokens exactly, dollars to the cent, lost lines apart', async () => {
    const { given, lost } = await invoice();
    const usage = await report();
    // The provider names the snapshot that ran, a batch what was asked for.
    const asked = new Map((await batches()).map((batch) => [idAtProvider(batch), batch.model]));
    const modelOf = ({ batch_id }: LedgerLine) => asked.get(batch_id) ?? '';
    const charged = Map.groupBy(given, modelOf);
    // Something of everything was really charged for.
    expect(charged.size).toBe(kinds.length);
    let dollars = 0;
    for (const [model, lines] of charged) {
      const sum = sumOf(lines);
      expect([model, reported(usage, model)]).toEqual([model, sum]);
      const cost = costOf(prices, model, { inputTokens: sum.input, cachedTokens: 0, outputTokens: sum.output });
      expect([model, cost === null]).toEqual([model, model === withoutPrice]);
      dollars += cost?.batch ?? 0;
    }
    expect(dollars).toBeGreaterThan(100);
    expect(usage.total.cost_usd).toBeCloseTo(dollars, 6);
    expect(usage.unpriced.map(({ model }) => model)).toEqual([withoutPrice]);

    // Every kind of call lost a line, and one batch all four.
    expect(lost).toHaveLength(kinds.length + 4);
    const lostLines = Map.groupBy(lost, modelOf);
    for (const [model, lines] of lostLines) {
      const rows = usage.data.filter((row) => row.model === model);
      expect([model, rows.reduce((sum, { waste }) => sum + waste.lines_lost, 0)]).toEqual([model, lines.length]);
    }
    const totals = await stack.witness.totals();
    expect(given.length + lost.length).toBe(totals.lines_billed);
  });
});
