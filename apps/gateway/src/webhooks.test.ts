import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Logger } from '@batch-gpt/logging';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';
import { sampleSigner, signWebhook, webhookBody, type SignOptions } from './testing/sign-webhook.ts';
import { createWebhookVerifier } from './webhooks/verify-webhook.ts';

const path = '/v1/webhooks/openai';
const logged: unknown[] = [];
const log: Logger['info'] = (...line) => void logged.push(line);
let gateway: TestGateway;
beforeEach(async () => {
  logged.length = 0;
  gateway = await startTestGateway({
    trust: { verifyWebhook: createWebhookVerifier(() => [sampleSigner()]) },
    logger: { debug: log, info: log, warn: log, error: log, child: () => gatewayLogger },
  });
});
afterEach(() => gateway[Symbol.asyncDispose]());
const gatewayLogger: Logger = { debug: log, info: log, warn: log, error: log, child: () => gatewayLogger };

const send = (payload: string, headers: Record<string, string>) => gateway.post(payload, headers, path);
const deliver = (payload: string, options: SignOptions = {}) => send(payload, signWebhook(payload, options));
const news = () => gateway.signals.seen.news;
const errorOf = async (response: Response) => ((await response.json()) as { error: unknown }).error;

describe('a delivery', () => {
  test.each(['batch.completed', 'batch.failed', 'batch.expired', 'batch.cancelled', 'batch.something_new'])(
    '%s announces news of its batch',
    async (type) => {
      const response = await deliver(webhookBody(type));
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ received: true });
      expect(news()).toEqual(['batch_provider7']);
    },
  );

  test('that comes twice is as good as once', async () => {
    const payload = webhookBody('batch.completed');
    const headers = signWebhook(payload);
    expect((await send(payload, headers)).status).toBe(200);
    expect((await send(payload, headers)).status).toBe(200);
    expect(new Set(news())).toEqual(new Set(['batch_provider7']));
  });

  test('of several signatures needs one that fits, as while a secret is rotated', async () => {
    const payload = webhookBody('batch.completed');
    const headers = signWebhook(payload);
    const other = signWebhook(payload, { secret: `whsec_${'A'.repeat(32)}` })['webhook-signature'] ?? '';
    const both = { ...headers, 'webhook-signature': `${other} ${headers['webhook-signature'] ?? ''}` };
    expect((await send(payload, both)).status).toBe(200);
  });

  test.each([
    ['of another kind', webhookBody('response.completed', { id: 'resp_1' })],
    ['whose kind only begins alike', webhookBody('batches.completed')],
    ['without data', webhookBody('batch.completed', null)],
    ['of a batch whose id is none', webhookBody('batch.completed', { id: 'a b' })],
    ['of a batch whose id is too long', webhookBody('batch.completed', { id: 'x'.repeat(129) })],
    ['of no known shape', '[1]'],
    ['that is null', 'null'],
  ])('%s is taken and means nothing', async (_what, payload) => {
    expect((await deliver(payload)).status).toBe(200);
    expect(news()).toEqual([]);
  });

  test('while Redis is away is to be repeated', async () => {
    gateway.signals.setAway(true);
    const payload = webhookBody('batch.completed');
    const headers = signWebhook(payload);
    const response = await send(payload, headers);
    expect(response.status).toBe(503);
    expect(await errorOf(response)).toMatchObject({ code: 'queue_unavailable' });
    gateway.signals.setAway(false);
    expect((await send(payload, headers)).status).toBe(200);
    expect(news()).toEqual(['batch_provider7']);
  });

  test('is taken while every place for callers is taken', async () => {
    const full = await startTestGateway({
      serving: { maxCalls: 1 },
      trust: { verifyWebhook: createWebhookVerifier(() => [sampleSigner()]) },
    });
    await using _full = full;
    const held = full.post({ model: 'm', messages: [{ role: 'user', content: 'waits' }] });
    await full.held(1);
    const payload = webhookBody('batch.completed');
    expect((await full.post(payload, signWebhook(payload), path)).status).toBe(200);
    await full.finish();
    await held;
  });
});

describe('what nobody proves to be OpenAI’s', () => {
  const payload = webhookBody('batch.completed');
  const without = (name: string) =>
    Object.fromEntries(Object.entries(signWebhook(payload)).filter(([header]) => header !== name));

  test.each([
    ['signed with another secret', signWebhook(payload, { secret: `whsec_${'A'.repeat(32)}` })],
    ['another body than was signed', signWebhook(payload, { signed: `${payload} ` })],
    ['too old', signWebhook(payload, { age: 400 })],
    ['from the future', signWebhook(payload, { age: -400 })],
    ['an id that was not signed', { ...signWebhook(payload), 'webhook-id': 'wh_other' }],
    ['a time that is none', { ...signWebhook(payload), 'webhook-timestamp': 'now' }],
    ['a signature that is none', { ...signWebhook(payload), 'webhook-signature': 'v1,!' }],
    ['no signature', without('webhook-signature')],
    ['no time', without('webhook-timestamp')],
    ['no id', without('webhook-id')],
  ])('%s is refused', async (_what, headers) => {
    const response = await send(payload, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(response)).toMatchObject({ type: 'invalid_request_error', code: 'invalid_webhook_signature' });
    expect(news()).toEqual([]);
  });

  test('no JSON, though signed, is refused', async () => {
    const response = await deliver('not JSON');
    expect(response.status).toBe(400);
    expect(await errorOf(response)).toMatchObject({ code: 'invalid_json' });
  });

  test('a body above 64 KB is refused before it is checked', async () => {
    const response = await deliver(webhookBody('batch.completed', { id: 'b', more: 'x'.repeat(65_536) }));
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatchObject({ code: 'body_too_large' });
  });

  test('another method', async () => {
    expect((await gateway.get(path)).status).toBe(405);
  });
});

describe('of several accounts', () => {
  const secrets = ['acme', 'beta'].map((name) => `whsec_${Buffer.from(`the secret of ${name}`).toString('base64')}`);
  const [ofAcme = '', ofBeta = ''] = secrets;
  const payload = webhookBody('batch.completed');

  test('any may sign, and what it says is its own', async () => {
    const signers = [sampleSigner(ofAcme, 'acme'), sampleSigner(ofBeta, 'beta')];
    const verify = createWebhookVerifier(() => signers);
    const event = { type: 'batch.completed', data: { id: 'batch_provider7' } };
    for (const [secret, account] of [
      [ofAcme, 'acme'],
      [ofBeta, 'beta'],
    ] as const) {
      expect(await verify(payload, signWebhook(payload, { secret }))).toMatchObject({ account, event });
    }
    await expect(verify(payload, signWebhook(payload))).rejects.toMatchObject({ code: 'invalid_webhook_signature' });
  });

  test('only those that are configured now', async () => {
    let signers = [sampleSigner(ofAcme, 'acme')];
    const verify = createWebhookVerifier(() => signers);
    signers = [sampleSigner(ofBeta, 'beta')];
    await expect(verify(payload, signWebhook(payload, { secret: ofAcme }))).rejects.toMatchObject({
      code: 'invalid_webhook_signature',
    });
    expect(await verify(payload, signWebhook(payload, { secret: ofBeta }))).toMatchObject({ account: 'beta' });
    signers = [];
    await expect(verify(payload, signWebhook(payload, { secret: ofBeta }))).rejects.toMatchObject({
      code: 'unknown_route',
    });
  });

  test('the log tells whose it was', async () => {
    await deliver(payload);
    expect(logged).toEqual([['a webhook told of a batch', { account: 'default', providerBatchId: 'batch_provider7' }]]);
  });
});

test('without a secret nothing is believed, and the answer says what to set', async () => {
  await using closed = await startTestGateway();
  const payload = webhookBody('batch.completed');
  const response = await closed.post(payload, signWebhook(payload), path);
  expect(response.status).toBe(404);
  expect(await errorOf(response)).toMatchObject({
    code: 'unknown_route',
    message: expect.stringContaining('OPENAI_WEBHOOK_SECRET'),
  });
  expect(closed.signals.seen.news).toEqual([]);
});

test('no body is ever logged', async () => {
  const marked = webhookBody('batch.completed', { id: 'batch_1', note: 'MARKED' });
  await deliver(marked);
  await deliver(marked, { age: 400 });
  await deliver('MARKED');
  gateway.signals.setAway(true);
  await deliver(marked);
  expect(JSON.stringify(logged)).not.toContain('MARKED');
});
