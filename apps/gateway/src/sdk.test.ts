import { afterEach, beforeEach, expect, test } from '@jest/globals';
import OpenAI, { BadRequestError, ConflictError, InternalServerError, NotFoundError } from 'openai';
import { sampleBatch, sampleBatchId } from '@batch-gpt/testing';
import { tenantId } from '@batch-gpt/contracts';
import { startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const client = (maxRetries = 0) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-any', maxRetries });
const ask = (maxRetries = 0) =>
  client(maxRetries).chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] });

test('an unmodified client gets its completion', async () => {
  const call = ask();
  await gateway.held(1);
  const { keys } = await gateway.finish();
  expect((await call).id).toBe(`chatcmpl-${keys[0]?.slice(0, 8) ?? ''}`);
});

test('its embeddings and responses', async () => {
  const calls = [
    client().embeddings.create({ model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'float' }),
    client().responses.create({ model: 'gpt-4o-mini', input: 'hi' }),
  ];
  await gateway.held(2);
  expect(gateway.signals.seen.accepted.map(({ sizes }) => sizes.inputs).sort()).toEqual([0, 2]);
  await gateway.finish();
  await Promise.all(calls);
});

test('a refusal is the error class it knows', async () => {
  const error: unknown = await client()
    .chat.completions.create({ model: 'gpt-4o-mini', messages: [], n: 1 })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadRequestError);
  expect(error).toMatchObject({ status: 400, code: 'invalid_value', param: 'messages' });
  expect((error as BadRequestError).requestID).toMatch(/^req_/);
  await expect(client().batches.retrieve('batch_none')).rejects.toBeInstanceOf(NotFoundError);
});

// field 16
test('at the limit of the hold its own retry attaches to the same line, interim answers in between', async () => {
  const call = ask(1);
  await gateway.held(1);
  for (let interval = 0; interval < 38; interval += 1) await gateway.clock.advance(15_000);
  await gateway.held(0);
  await gateway.held(1);
  const { keys } = await gateway.finish();
  expect(keys).toHaveLength(1);
  expect((await call).id).toContain(keys[0]?.slice(0, 8));
});

test('its last attempt says where the request is', async () => {
  const call = client()
    .chat.completions.create(
      { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
      { headers: { 'x-stainless-retry-count': '2' } },
    )
    .catch((thrown: unknown) => thrown);
  await gateway.held(1);
  const { id, keys } = await gateway.collect();
  await gateway.clock.advance(20_000);
  await gateway.clock.advance(560_000);
  const error = await call;
  expect(error).toBeInstanceOf(InternalServerError);
  expect(error).toMatchObject({ status: 503, code: 'still_processing' });
  expect((error as Error).message).toContain(`in batch ${id}`);
  expect((error as Error).message).toContain(`GET /v1/requests/${keys[0] ?? ''}`);
});

test('its batches: paging, and a late cancellation that it does not repeat', async () => {
  const tenant = tenantId.parse('default');
  for (let n = 0; n < 5; n += 1)
    await gateway.stores.batches.insert(sampleBatch(n, { tenant, state: n === 0 ? 'settled' : 'claimed' }));
  const seen: string[] = [];
  for await (const { id } of client().batches.list({ limit: 2 })) seen.push(id);
  expect(seen).toEqual([4, 3, 2, 1, 0].map(sampleBatchId));
  expect((await client().batches.cancel(sampleBatchId(3))).status).toBe('cancelling');
  await expect(client(2).batches.cancel(sampleBatchId(0))).rejects.toBeInstanceOf(ConflictError);
});
