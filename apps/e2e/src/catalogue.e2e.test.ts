/*
 * The failures listed in docs/reliability.md that show only from outside, one test each, all on one stack. The number in
 * a comment is the row of that page. The last test looks through everything that the others left behind.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { requestObject } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import OpenAI, { APIError } from 'openai';
import { askRedis } from './ask-redis.ts';
import { ask, chatCall, type Call } from './calls.ts';
import { postPlainly } from './post-plainly.ts';
import { startStack, type Stack } from './start-stack.ts';
import { textOfFolder } from './text-of-folder.ts';
import type { LedgerTotals } from './witness.ts';

// Words that must turn up nowhere but at the provider and in the store: see the last test.
const promptWord = 'zqxprompt';
const callerKey = 'sk-caller-77c1f0d2a9';
const providerKey = 'sk-provider-5b3e8a6614';

let folder: string;
let stack: Stack;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-catalogue-'));
  stack = await startStack({
    gateways: 2,
    env: {
      FAILURE_TTL: '1',
      WAITER_SWEEP_MS: '300',
      RESULTS_STUCK_AFTER_MS: '6000',
      LOG_LEVEL: 'debug',
      OPENAI_API_KEY: providerKey,
      SQLITE_PATH: join(folder, 'store/store.sqlite'),
      WORK_DIR: join(folder, 'work'),
    },
  });
});
afterEach(() => stack.witness.control({ faults: [], hold: false }));
afterAll(async () => {
  await stack[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const chat = (text: string): Call => chatCall(`${promptWord} ${text}`);
const askOnce = (call: Call, gateway = 0): Promise<string> => ask(stack.client(gateway, { maxRetries: 0 }), call);
const provider = (): OpenAI => new OpenAI({ baseURL: `${stack.simulatorUrl}/v1`, apiKey: providerKey });

interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const post = (body: string, { headers = {}, signal }: PostOptions = {}): Promise<Response> =>
  stack.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${callerKey}`, ...headers },
    body,
    ...(signal === undefined ? {} : { signal }),
  });

/** Puts these faults in force, does the work, and tells what the ledger has more than before. */
async function under(
  faults: readonly Readonly<Record<string, unknown>>[],
  work: () => Promise<unknown>,
): Promise<Pick<LedgerTotals, 'created' | 'lines_run' | 'lines_billed' | 'billed_twice_custom_ids'>> {
  const before = await stack.witness.totals();
  await stack.witness.control({ faults });
  await work();
  const after = await stack.witness.totals();
  const more = (name: keyof LedgerTotals): number => after[name] - before[name];
  return {
    created: more('created'),
    lines_run: more('lines_run'),
    lines_billed: more('lines_billed'),
    billed_twice_custom_ids: more('billed_twice_custom_ids'),
  };
}

const faultsLeft = async (): Promise<unknown> => {
  const { faults } = (await (await fetch(`${stack.simulatorUrl}/simulator/control`)).json()) as { faults: unknown };
  return faults;
};

const outcomesOf = (calls: readonly Call[]) => Promise.allSettled(calls.map((call) => askOnce(call)));
const answersOf = (calls: readonly Call[]) => calls.map(({ expected }) => ({ status: 'fulfilled', value: expected }));

const runningBatch = () =>
  eventually(async () => {
    const page = await stack.client().batches.list();
    return page.data.find((batch) => batch.status === 'in_progress') ?? false;
  });

describe('a fault of the provider that may pass', () => {
  it.each([
    ['create_lost_answer', {}], // field 1
    ['create_500_created', {}], // field 1
    ['content_cut', {}], // field 3
    ['content_short', {}], // field 3
    ['no_trailing_newline', {}], // field 3
    ['retrieve_404', { times: 2 }], // field 5
    ['empty_string_ids', {}], // field 6
    ['token_limit_exceeded', {}], // field 7
    ['upload_cut', { times: 2 }], // field 11
    ['upload_lost_answer', {}], // field 11
    ['create_503', { times: 2 }], // seed S1
    ['retrieve_500', { times: 3 }], // seed S5
  ])('%s delays its callers and nothing else', async (name, extra) => {
    const calls = Array.from({ length: 4 }, (_, index) => chat(`under ${name} ${index}`));
    const ran = await under([{ name, ...extra }], async () => {
      expect(await outcomesOf(calls)).toEqual(answersOf(calls));
      expect(await faultsLeft()).toEqual([]);
    });
    expect(ran).toMatchObject({ lines_run: 4, lines_billed: 4, billed_twice_custom_ids: 0 });
  });
});

describe('a batch', () => {
  // field 3, seed S3
  it('of which every line is refused gives each caller its own refusal', async () => {
    const statuses = [400, 403, 404];
    const outcomes = await outcomesOf(statuses.map((status) => chat(`refused [[simulate:${status}]]`)));
    expect(outcomes.map((outcome): unknown => (outcome.status === 'rejected' ? outcome.reason : null))).toEqual(
      statuses.map((status) => expect.objectContaining({ status, type: expect.any(String) })),
    );
  });

  // field 3, seed S1
  it('whose results are said to be nowhere ends in an explicit error for each caller', async () => {
    const ran = await under([{ name: 'completed_null_output' }], async () => {
      const outcomes = await outcomesOf([chat('paid and lost 0'), chat('paid and lost 1')]);
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 502, code: 'result_missing' } });
      }
    });
    expect(ran).toMatchObject({ created: 1, lines_billed: 2 });
  });

  // seed S1
  it('that fails for one line fails that line alone', async () => {
    const calls = [chat('validated 0'), chat('validated 1'), chat('validated 2')];
    const ran = await under([{ name: 'validation_line_error', line: 2 }], async () => {
      const outcomes = await outcomesOf(calls);
      const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
      expect(refused).toMatchObject([{ reason: { status: 400 } }]);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(2);
    });
    expect(ran).toMatchObject({ created: 2, lines_billed: 2, billed_twice_custom_ids: 0 });
  });

  // field 5, seed S4
  it('that expires half way keeps what ran and sends the rest again', async () => {
    const calls = Array.from({ length: 6 }, (_, index) => chat(`expires ${index}`));
    const ran = await under([{ name: 'expire_partial' }], async () => {
      expect(await outcomesOf(calls)).toEqual(answersOf(calls));
    });
    expect(ran).toEqual({ created: 2, lines_run: 6, lines_billed: 6, billed_twice_custom_ids: 0 });
  });

  // field 5, seed S24
  it('that somebody else cancels at the provider tells its waiters', async () => {
    await stack.witness.control({ hold: true });
    const waiting = outcomesOf([chat('cancelled elsewhere 0'), chat('cancelled elsewhere 1')]);
    const { metadata } = await runningBatch();
    await provider().batches.cancel(metadata?.['provider_batch_id'] ?? '');
    for (const outcome of await waiting) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'batch_cancelled' } });
    }
  });

  // field 5, seed S5
  it('that the provider forgets for a while tells its waiters, and the same call finds the answer afterwards', async () => {
    const call = chat('forgotten for a while');
    const ran = await under([{ name: 'batch_vanishes', ms: 3000 }], async () => {
      await expect(askOnce(call)).rejects.toMatchObject({ status: 502, code: 'batch_lost' });
      await eventually(async () => (await askOnce(call).catch(() => '')) === call.expected);
    });
    expect(ran).toEqual({ created: 1, lines_run: 1, lines_billed: 1, billed_twice_custom_ids: 0 });
  });

  // field 3, seed S17
  it('carries prompts and answers far beyond 64 KB', async () => {
    const calls = [chat(`${'long '.repeat(60_000)} [[simulate:big:300]]`), chat('short beside it')];
    expect(await outcomesOf(calls)).toEqual(answersOf(calls));
  });

  // field 19, seed S15
  it('has one model and one endpoint, however mixed the window was', async () => {
    const client = stack.client();
    const known = new Set((await stack.witness.lines()).map(({ batch_id }) => batch_id));
    await Promise.all([
      ...['gpt-6-luna', 'gpt-6.2-sol'].flatMap((model) => [
        ask(client, chatCall(`${promptWord} mixed`, model)),
        client.responses.create({ model, input: `${promptWord} mixed` }),
      ]),
      client.embeddings.create({ model: 'text-embedding-3-small', input: `${promptWord} mixed` }),
    ]);
    const lines = (await stack.witness.lines()).filter(({ batch_id }) => !known.has(batch_id));
    const kinds = Map.groupBy(lines, ({ batch_id }) => batch_id);
    expect(kinds.size).toBe(5);
    for (const kind of kinds.values()) expect(kind).toHaveLength(1);
  });
});

describe('a failure', () => {
  // field 12, seed S2
  it('releases its key: after its time the same call runs again and is answered', async () => {
    const call = chat('refused once [[simulate:400:1]]');
    await expect(askOnce(call)).rejects.toBeInstanceOf(APIError);
    await eventually(async () => (await askOnce(call).catch(() => '')) === call.expected);
  });
});

describe('what the provider receives', () => {
  // field 10, field 18, seed S18
  it('is what was accepted, byte for byte', async () => {
    // Names in canonical order: the body that is stored is then the body that was posted.
    const bodies = Array.from(
      { length: 30 },
      (_, index) =>
        `{"messages":[{"content":"${promptWord} é😀 ${index} ${'x'.repeat(index * 997)}","role":"user"}],"model":"gpt-6-luna",` +
        `"presence_penalty":0,"temperature":0,"unknown":{"big":12345678901234567890,"empty":"","nil":null,"zero":0}}`,
    );
    const answers = await Promise.all(bodies.map((body) => post(body)));
    const keys = answers.map((answer) => answer.headers.get('batch-request-id'));
    const [batchId] = new Set(answers.map((answer) => answer.headers.get('batch-id')));
    const { input_file_id } = await provider().batches.retrieve(
      (await stack.client().batches.retrieve(batchId ?? '')).metadata?.['provider_batch_id'] ?? '',
    );
    const file = await (await provider().files.content(input_file_id)).text();
    const lines = bodies.map(
      (body, index) =>
        `{"custom_id":"${keys[index] ?? ''}","method":"POST","url":"/v1/chat/completions","body":${body}}`,
    );
    expect(new Set(file.trimEnd().split('\n'))).toEqual(new Set(lines));
  });
});

describe('a client', () => {
  // field 15, seed S25
  it('that leaves and comes back to another replica finds its request', async () => {
    const call = chat('leaves');
    const ran = await under([], async () => {
      await stack.witness.control({ hold: true });
      const gone = new AbortController();
      const cut = post(JSON.stringify(call.body), { signal: gone.signal });
      await runningBatch();
      gone.abort();
      await expect(cut).rejects.toThrow();
      const back = askOnce(call, 1);
      await stack.witness.control({ hold: false });
      expect(await back).toBe(call.expected);
    });
    expect(ran).toMatchObject({ lines_run: 1, lines_billed: 1 });
  });

  // field 24
  it('that never comes back has its request settled all the same', async () => {
    const call = chat('never asked for again');
    const accepted = await post(JSON.stringify(call.body), { headers: { prefer: 'respond-async' } });
    const { id } = requestObject.parse(await accepted.json());
    // Nothing asks the gateway until the results were fetched.
    await eventually(async () => (await deliveredOf(id)) === 1);
    const answer = await eventually(async () => {
      const cached = await post(JSON.stringify(call.body), { headers: { 'cache-control': 'only-if-cached' } });
      return cached.status === 200 ? cached.text() : false;
    });
    expect(answer).toContain(call.expected);
  });

  // field 15
  it('may be one of ten thousand on one key', async () => {
    const call = chat('asked by ten thousand');
    const body = JSON.stringify(call.body);
    const ran = await under([], async () => {
      await stack.witness.control({ hold: true });
      const ports = stack.services('gateway').map(({ port }) => port);
      const answers = Promise.all(
        Array.from({ length: 10_000 }, (_, index) => postPlainly(ports[index % ports.length] ?? 0, body)),
      );
      await eventually(async () => (await heldConnections()) === 10_000, { timeoutMs: 90_000 });
      await stack.witness.control({ hold: false });
      const distinct = new Set(await answers);
      expect(distinct.size).toBe(1);
      expect([...distinct][0]).toContain(call.expected);
    });
    expect(ran).toEqual({ created: 1, lines_run: 1, lines_billed: 1, billed_twice_custom_ids: 0 });
  });
});

/** How often the provider sent the row of this custom id whole. */
async function deliveredOf(id: string): Promise<number> {
  const counts = await (await fetch(`${stack.simulatorUrl}/simulator/ledger/keys/${id}`)).json();
  return (counts as { readonly delivered: number }).delivered;
}

async function heldConnections(): Promise<number> {
  const pages = await Promise.all(stack.services('gateway').map(metricsOf));
  const values = pages.flatMap((text) => [...text.matchAll(/^batch_gpt_held_connections(?:\{[^}]*\})? (\d+)$/gm)]);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}

const metricsOf = async ({ opsPort }: { readonly opsPort: number }): Promise<string> =>
  (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text();

describe('after all of this', () => {
  const services = () => (['gateway', 'batcher', 'results'] as const).flatMap((role) => stack.services(role));

  // field 21
  it('no log, metric, Redis or work file holds a prompt, an answer or a key, and the store holds no key', async () => {
    await post(`{"model":"${promptWord}`);
    await post(`{"model":7,"messages":"${promptWord}"}`);
    const store = await textOfFolder(join(folder, 'store'));
    // The search would find them: prompts and answers are in the store.
    expect(store).toContain(promptWord);
    expect(wordsIn(store, [callerKey, providerKey])).toEqual([]);

    const words = [promptWord, callerKey, providerKey, 'sk-any'];
    const logs = services().flatMap((service) => service.logs());
    expect(logs.length).toBeGreaterThan(50);
    expect(logs.filter((line) => wordsIn(line, words).length > 0)).toEqual([]);
    for (const page of await Promise.all(services().map(metricsOf))) expect(wordsIn(page, words)).toEqual([]);
    expect(wordsIn(await textOfFolder(join(folder, 'work')), words)).toEqual([]);
    const redis = await textOfFolder((await askRedis(stack.redis.port, 'CONFIG GET dir')).split('\r\n').at(-1) ?? '');
    expect(redis).toContain('accepted-requests');
    expect(wordsIn(redis, words)).toEqual([]);
  });

  const wordsIn = (text: string, words: readonly string[]): string[] => words.filter((word) => text.includes(word));
});
