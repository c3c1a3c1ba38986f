import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import OpenAI, { ConflictError, NotFoundError, toFile } from 'openai';
import { tenantId } from '@batch-gpt/contracts';
import { createSimulator, type Simulator } from '@batch-gpt/simulator';
import { eventually } from '@batch-gpt/testing';
import { sampleProviderAccount } from './testing/sample-provider-account.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let simulator: Simulator;
let gateway: TestGateway;
let client: OpenAI;
beforeEach(async () => {
  simulator = await createSimulator({ settings: { validatingMs: 1, inProgressMs: 5, finalizingMs: 1 } });
  gateway = await startTestGateway({ accounts: [sampleProviderAccount(simulator.baseUrl)] });
  client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-of-the-caller', maxRetries: 0 });
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  await simulator.close();
});

const tenant = tenantId.parse('default');
const line = (id: string, content: string) =>
  JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body: chat(content) });
const upload = async (text: string, name = 'mine.jsonl') =>
  client.files.create({ file: await toFile(Buffer.from(text), name), purpose: 'batch' });

describe('an unmodified client, through the relay', () => {
  test('its files: uploaded, listed, read, deleted', async () => {
    const text = `${line('a', 'hi')}\n`;
    const { id } = await upload(text);
    expect(await client.files.retrieve(id)).toMatchObject({ id, bytes: text.length, filename: 'mine.jsonl' });
    expect((await client.files.list()).data.map((file) => file.id)).toEqual([id]);
    expect(await (await client.files.content(id)).text()).toBe(text);
    expect(await client.files.delete(id)).toMatchObject({ deleted: true });
    await expect(client.files.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
  });

  test('a batch of its own is on our routes, results included', async () => {
    const { id: input } = await upload(`${line('a', 'hi')}\n`);
    const order = { input_file_id: input, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    const { id } = await client.batches.create(order);
    const done = await eventually(async () => {
      const batch = await client.batches.retrieve(id);
      return batch.status === 'completed' && batch;
    });
    expect(await (await client.files.content(done.output_file_id ?? '')).text()).toContain('"custom_id":"a"');
    await expect(client.batches.cancel(id)).rejects.toBeInstanceOf(ConflictError);
    // Beside the batches that the gateway forms, where they would be taken for some of those.
    expect((await client.batches.list()).data).toEqual([]);
  });

  test('the input files of our own batches are not in its list', async () => {
    await upload(`${line('a', 'hi')}\n`, `batch_${'0'.repeat(32)}.jsonl`);
    const { id } = await upload(`${line('b', 'hi')}\n`);
    expect((await client.files.list()).data.map((file) => file.id)).toEqual([id]);
    expect(await (await gateway.get('/v1/files?limit=1')).json()).toMatchObject({
      data: [{ id }],
      first_id: id,
      last_id: id,
      has_more: false,
    });
  });

  test('the provider’s refusals arrive as they are, with its id of the call beside ours', async () => {
    const refused = await gateway.get('/v1/files/file-none', { headers: { 'x-request-id': 'mine' } });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
    expect(refused.headers.get('x-request-id')).toBe('mine');
    expect(refused.headers.get('x-provider-request-id')).toMatch(/^req_/);
    expect(refused.headers.get('openai-organization')).toBe('org-simulator');
    expect((await gateway.get('/v1/files?limit=none')).status).toBe(400);
  });
});

describe('a realtime call', () => {
  const ask = (more: Record<string, unknown>, headers: Record<string, string> = {}) =>
    gateway.post(chat('quick', more), headers);
  const marks = { 'batch-mode': 'realtime', 'cache-status': 'batch-gpt; fwd=bypass' };

  test.each([
    ['tier priority', { service_tier: 'priority' }, {}],
    ['tier fast', { service_tier: 'fast' }, {}],
    ['header', {}, { 'batch-mode': 'Realtime' }],
  ])('is answered at once, and marked: %s', async (_, more, headers) => {
    const answer = await ask(more, headers);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' });
    expect(answer.headers.get('batch-mode')).toBe(marks['batch-mode']);
    expect(answer.headers.get('cache-status')).toBe(marks['cache-status']);
    expect(gateway.signals.seen.accepted).toEqual([]);
    const counted = await gateway.metric('relayed_calls_total');
    expect(counted?.values).toMatchObject([{ value: 1, labels: { kind: 'realtime', result: '2xx' } }]);
  });

  test('of another tier waits for a batch like any other', async () => {
    const call = ask({ service_tier: 'flex' });
    await gateway.held(1);
    await gateway.finish();
    expect((await call).headers.get('batch-mode')).toBeNull();
  });

  test('streams to the SDK’s helper', async () => {
    const stream = client.chat.completions.stream({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'stream this text to me' }],
      service_tier: 'priority',
      stream_options: { include_usage: true },
    });
    const deltas: string[] = [];
    stream.on('content', (delta) => void deltas.push(delta));
    const { choices, usage } = await stream.finalChatCompletion();
    expect(deltas.length).toBeGreaterThan(3);
    expect(choices[0]?.message.content).toBe(deltas.join(''));
    expect(choices[0]?.message.content).toContain('stream this text to me');
    expect(usage?.total_tokens).toBeGreaterThan(0);
  });

  test('a response that it made can be asked for, also when it was streamed', async () => {
    const made = await client.responses.create({ model: 'gpt-4o-mini', input: 'one', service_tier: 'priority' });
    const streamed = await client.responses
      .stream({ model: 'gpt-4o-mini', input: 'two', service_tier: 'priority' })
      .finalResponse();
    for (const { id } of [made, streamed]) {
      expect(await client.responses.retrieve(id)).toMatchObject({ id });
      expect(await gateway.stores.ownedIds.find(tenant, id)).toMatchObject({ kind: 'relayed', account: 'default' });
    }
    await client.responses.delete(made.id);
    expect(await gateway.stores.ownedIds.find(tenant, made.id)).toBeNull();
  });

  test('leaves no record of what nobody can ask for', async () => {
    const answer = (await (await ask({ service_tier: 'priority' })).json()) as { id: string };
    const kept = (await (await ask({ service_tier: 'priority', store: true, n: 2 })).json()) as { id: string };
    const owned = await gateway.stores.ownedIds.ownedAmong(tenant, [answer.id, kept.id]);
    expect([...owned]).toEqual([kept.id]);
  });
});

describe('where nothing is relayed', () => {
  const off = async () => {
    await using plain = await startTestGateway();
    const calls = [
      plain.get('/v1/files'),
      plain.post({}, {}, '/v1/files'),
      plain.post({}, {}, '/v1/batches'),
      plain.get('/v1/vector_stores/vs_1/search', { method: 'POST' }),
    ];
    return await Promise.all(
      calls.map(async (call) => {
        const answer = await call;
        const { error } = (await answer.json()) as { error: { code: string; message: string } };
        return { status: answer.status, ...error };
      }),
    );
  };

  test('a route that is not ours says how it would be', async () => {
    for (const answer of await off()) {
      expect(answer).toMatchObject({ status: 404, code: 'unknown_route', type: 'invalid_request_error', param: null });
      expect(answer.message).toContain('RELAY=on');
    }
  });

  test.each([
    [{ service_tier: 'priority' }, {}],
    [{}, { 'batch-mode': 'realtime' }],
  ])('a realtime call is refused: %j %j', async (more, headers) => {
    await using plain = await startTestGateway();
    const answer = await plain.post(chat('quick', more), headers);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { code: 'unsupported_value', param: 'service_tier' } });
    expect(plain.signals.seen.accepted).toEqual([]);
  });

  test('an id that is not ours is unknown', async () => {
    await using plain = await startTestGateway();
    const answer = await plain.get('/v1/batches/batch_of_the_provider');
    expect(await answer.json()).toMatchObject({ error: { code: 'batch_not_found' } });
  });
});
