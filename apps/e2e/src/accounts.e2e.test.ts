/*
 * Two tenants, each with a provider account of its own: two providers' stand-ins, each with its key, its ledger and its
 * webhook endpoint. Both call through the same gateway, batcher and results worker.
 */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually, spawnService, type TestService } from '@batch-gpt/testing';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { ask, chatCall } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';
import { createWitness } from './witness.ts';

const tenants = ['ours', 'theirs'] as const;
type Tenant = (typeof tenants)[number];
const secretOf = (tenant: Tenant): string => `sk-${tenant}-0123456789abcdef`;
const providerKey = (tenant: Tenant): string => `sk-account-of-${tenant}`;
const webhookSecret = (tenant: Tenant): string =>
  `whsec_${Buffer.from(`the webhook secret of ${tenant}`).toString('base64')}`;
const keys = tenants.map((tenant) => `${tenant}:main:${createHash('sha256').update(secretOf(tenant)).digest('hex')}`);
const simulatorOf = (tenant: Tenant) => ({
  SIMULATOR_API_KEYS: providerKey(tenant),
  SIMULATOR_IN_PROGRESS_MS: '100',
});

const opened = new AsyncDisposableStack();
let their: TestService;
let stack: Stack;
beforeAll(async () => {
  their = opened.use(await spawnService({ app: 'simulator', name: 'their simulator', env: simulatorOf('theirs') }));
  stack = await startStack({
    simulator: simulatorOf('ours'),
    accounts: (baseUrl) =>
      tenants.map((tenant) => ({
        name: `account-of-${tenant}`,
        apiKey: providerKey(tenant),
        baseUrl: tenant === 'ours' ? baseUrl : `${their.url}/v1`,
        tenants: [tenant],
        webhookSecret: webhookSecret(tenant),
      })),
    env: { RELAY: 'on', GATEWAY_API_KEYS: keys.join(',') },
  });
  opened.use(stack);
  for (const tenant of tenants) {
    const webhookUrl = `${stack.services('gateway')[0]?.url ?? ''}/v1/webhooks/openai`;
    await witnessOf(tenant).control({ webhookUrl, webhookSecret: webhookSecret(tenant) });
  }
}, 120_000);
afterAll(() => opened.disposeAsync());

const witnessOf = (tenant: Tenant) => (tenant === 'ours' ? stack.witness : createWitness(their.url));
const client = (tenant: Tenant) =>
  new OpenAI({ baseURL: `${stack.services('gateway')[0]?.url ?? ''}/v1`, apiKey: secretOf(tenant), maxRetries: 0 });
const notFound = (answer: Promise<unknown>) => expect(answer).rejects.toBeInstanceOf(NotFoundError);

test('each pays for its own calls, identical ones too, and learns their end from its own webhooks', async () => {
  const both = chatCall('what both ask');
  const calls = { ours: [both, chatCall('what we ask')], theirs: [both] };
  const answers = tenants.flatMap((tenant) =>
    calls[tenant].map(async (call) => expect(await ask(client(tenant), call)).toBe(call.expected)),
  );
  await Promise.all(answers);
  const [ours, theirs] = await Promise.all(tenants.map((tenant) => witnessOf(tenant).lines()));
  expect([ours?.length, theirs?.length]).toEqual([2, 1]);
  expect(ours?.map(({ custom_id: key }) => key)).not.toContain(theirs?.[0]?.custom_id);
  await eventually(() => {
    const said = stack.services('gateway')[0]?.logs().join('\n') ?? '';
    return tenants.every((tenant) => said.includes(`"account":"account-of-${tenant}"`));
  });
});

describe('what one has is unknown to the other', () => {
  test('batches, by either of their ids', async () => {
    for (const [owner, other] of [tenants, tenants.toReversed()] as [Tenant, Tenant][]) {
      const [batch] = (await client(owner).batches.list()).data;
      const ids = [batch?.id, batch?.metadata?.['provider_batch_id']];
      for (const id of ids) {
        expect(await client(owner).batches.retrieve(id ?? '')).toMatchObject({ id: batch?.id });
        await notFound(client(other).batches.retrieve(id ?? ''));
        await notFound(client(other).batches.cancel(id ?? ''));
      }
    }
  });

  test('a request, and a response in the background', async () => {
    const call = { model: 'gpt-6-luna', input: 'whenever', background: true };
    const { id } = await client('ours').responses.create(call);
    await notFound(client('theirs').responses.retrieve(id));
    await notFound(client('theirs').responses.cancel(id));
    const { response } = await client('ours').chat.completions.create(chatCall('what we ask').body).withResponse();
    const path = `/v1/requests/${response.headers.get('batch-request-id') ?? ''}`;
    const statusFor = async (tenant: Tenant) =>
      (await stack.fetch(path, { headers: { authorization: `Bearer ${secretOf(tenant)}` } })).status;
    expect([await statusFor('ours'), await statusFor('theirs')]).toEqual([200, 404]);
    await eventually(async () => (await client('ours').responses.retrieve(id)).status === 'completed');
  });

  test('files, made through the relay on its own account', async () => {
    const file = await toFile(Buffer.from('{"a":1}\n'), 'ours.jsonl');
    const { id } = await client('ours').files.create({ file, purpose: 'user_data' });
    expect((await client('ours').files.retrieve(id)).id).toBe(id);
    await notFound(client('theirs').files.retrieve(id));
    expect((await client('theirs').files.list()).data.map((one) => one.id)).not.toContain(id);
    const seen = await new OpenAI({ baseURL: `${their.url}/v1`, apiKey: providerKey('theirs') }).files.list();
    expect(seen.data.map((one) => one.id)).not.toContain(id);
  });
});
