import OpenAI, { RateLimitError } from 'openai';
import { afterEach, describe, expect, test } from '@jest/globals';
import { sampleBatch } from '@batch-gpt/testing';
import { tenantId } from '@batch-gpt/contracts';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway | null = null;
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  gateway = null;
});

async function start(limits: Record<string, unknown>): Promise<TestGateway> {
  const apiKeys = createManualApiKeys(sampleKeysFile({ acme: { limits }, beta: {} }));
  gateway = await startTestGateway({ apiKeys });
  return gateway;
}
const as = (tenant: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${secretOf(tenant)}`,
  prefer: 'respond-async',
  ...more,
});
const errorOf = async (response: Response) =>
  ((await response.json()) as { readonly error: { readonly code: string; readonly type: string } }).error;

/** A batch of acme's settled now and was billed these dollars. */
async function spend({ stores, clock }: TestGateway, dollars: number): Promise<void> {
  const batch = sampleBatch(1, { state: 'ended', tenant: tenantId.parse('acme'), model: 'gpt-4o' });
  await stores.batches.insert(batch);
  const tokens = { inputTokens: (dollars / 1.25) * 1_000_000, cachedTokens: 0, outputTokens: 0 };
  const billed = { succeeded: 1, failed: 0, sentAgain: 0, ...tokens };
  await stores.batches.move(batch, { to: 'settled', change: { billed }, at: clock.now() });
}

describe('a tenant at its limit', () => {
  test('of requests a minute: 429 with when to come again; others are not held back', async () => {
    const { post, clock } = await start({ requestsPerMinute: 2 });
    for (const text of ['1', '2']) expect((await post(chat(text), as('acme'))).status).toBe(202);
    const refused = await post(chat('3'), as('acme'));
    expect(refused.status).toBe(429);
    expect(Object.fromEntries(refused.headers)).toMatchObject({
      'x-should-retry': 'true',
      'retry-after': '30',
      'retry-after-ms': '30000',
    });
    expect(await errorOf(refused)).toMatchObject({ type: 'rate_limit_error', code: 'rate_limit_exceeded' });
    expect((await post(chat('3'), as('beta'))).status).toBe(202);
    await clock.advance(30_000);
    expect((await post(chat('3'), as('acme'))).status).toBe(202);
  });

  test('of requests a minute: each answer tells what is left of it, as OpenAI does', async () => {
    const { post, clock, finish } = await start({ requestsPerMinute: 3 });
    const toldOf = ({ headers }: Response) =>
      ['limit', 'remaining', 'reset'].map((what) => headers.get(`x-ratelimit-${what}-requests`));
    const call = (text: string, tenant = 'acme') => post(chat(text), as(tenant));
    expect(toldOf(await call('1'))).toEqual(['3', '2', '20s']);
    expect(toldOf(await call('2'))).toEqual(['3', '1', '40s']);
    expect(toldOf(await call('1'))).toEqual(['3', '1', '40s']);
    await clock.advance(500);
    expect(toldOf(await call('3'))).toEqual(['3', '0', '59.5s']);
    const refused = await call('4');
    expect(refused.status).toBe(429);
    expect(toldOf(refused)).toEqual(['3', '0', '59.5s']);
    await finish();
    await clock.advance(59_000);
    const hit = await call('1');
    expect(hit.status).toBe(200);
    expect(toldOf(hit)).toEqual(['3', '2', '500ms']);
    await clock.advance(500);
    expect(toldOf(await call('2'))).toEqual(['3', '3', '0s']);
    expect(toldOf(await call('1', 'beta'))).toEqual([null, null, null]);
  });

  test('is still served what costs nothing: answers, joins, handles, batches', async () => {
    const { post, get, finish } = await start({ requestsPerMinute: 2 });
    await post(chat('done'), as('acme'));
    await finish();
    const { headers } = await post(chat('pending'), as('acme'));
    expect((await post(chat('new'), as('acme'))).status).toBe(429);
    expect((await post(chat('done'), as('acme'))).status).toBe(200);
    expect((await post(chat('pending'), as('acme'))).status).toBe(202);
    expect((await get(headers.get('location') ?? '', { headers: as('acme') })).status).toBe(200);
    expect((await get('/v1/batches', { headers: as('acme') })).status).toBe(200);
    const cached = await post(chat('new'), as('acme', { 'cache-control': 'only-if-cached' }));
    expect(cached.status).toBe(404);
  });

  test('of pending requests: until some are answered', async () => {
    const { post, finish, clock } = await start({ pendingRequests: 2 });
    for (const text of ['1', '2']) expect((await post(chat(text), as('acme'))).status).toBe(202);
    const refused = await post(chat('3'), as('acme'));
    expect(refused.status).toBe(429);
    expect(await errorOf(refused)).toMatchObject({ code: 'too_many_pending_requests' });
    await finish();
    await clock.advance(2000);
    expect((await post(chat('3'), as('acme'))).status).toBe(202);
  });

  test('of waiting calls: each on its own, without holding back those of others', async () => {
    const { post, held, finish, announced } = await start({ waiters: 1 });
    const waiting = post(chat('1'), as('acme', { prefer: '' }));
    await announced(1);
    await held(1);
    const refused = await post(chat('1'), as('acme', { prefer: '' }));
    expect(refused.status).toBe(429);
    expect(await errorOf(refused)).toMatchObject({ code: 'too_many_waiters' });
    expect((await post(chat('1'), as('beta'))).status).toBe(202);
    await finish();
    expect((await waiting).status).toBe(200);
    expect((await post(chat('1'), as('acme'))).status).toBe(200);
  });

  test('of spending: 429 that the official client does not repeat, and the reason in its error', async () => {
    const running = await start({ spendPerDay: 5 });
    await running.post(chat('done'), as('acme'));
    await running.finish();
    await spend(running, 5.5);
    await running.clock.advance(2000);
    let calls = 0;
    const client = new OpenAI({
      baseURL: `${running.url}/v1`,
      apiKey: secretOf('acme'),
      fetch: (url, init) => ((calls += 1), fetch(url, init)),
    });
    const create = (content: string) =>
      client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] });
    const refusal = await create('new').catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(RateLimitError);
    expect(refusal).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' });
    expect((refusal as Error).message).toContain("'acme' has spent $5.50 of the $5.00 that it may spend today (UTC)");
    expect(calls).toBe(1);
    expect(await create('done')).toMatchObject({ object: 'chat.completion' });
  });
});
