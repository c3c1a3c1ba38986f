import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import OpenAI, { NotFoundError, toFile } from 'openai';
import { startStack, type Stack } from './start-stack.ts';

const secretOf = (tenant: string): string => `sk-${tenant}-0123456789abcdef`;
const keys = ['ours', 'theirs'].map(
  (tenant) => `${tenant}:main:${createHash('sha256').update(secretOf(tenant)).digest('hex')}`,
);
const line = JSON.stringify({
  custom_id: 'mine',
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'in a batch of my own' }] },
});

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ gateways: 2, env: { RELAY: 'on', GATEWAY_API_KEYS: keys.join(',') } });
}, 120_000);
afterAll(() => stack[Symbol.asyncDispose]());

const client = (tenant: string, gateway = 0) =>
  new OpenAI({
    baseURL: `${stack.services('gateway')[gateway]?.url ?? ''}/v1`,
    apiKey: secretOf(tenant),
    maxRetries: 0,
  });

describe('what a tenant makes through the relay', () => {
  test('is its own at every gateway, and still after a restart', async () => {
    const file = await client('ours').files.create({
      file: await toFile(Buffer.from(`${line}\n`), 'mine.jsonl'),
      purpose: 'batch',
    });
    const order = { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' } as const;
    await expect(client('theirs').batches.create(order)).rejects.toBeInstanceOf(NotFoundError);
    const { id } = await client('ours', 1).batches.create(order);
    await stack.restart('gateway', 0, 'SIGKILL');
    const done = await eventually(async () => {
      const batch = await client('ours').batches.retrieve(id);
      return batch.status === 'completed' && batch;
    });
    const output = done.output_file_id ?? '';
    expect(await (await client('ours', 1).files.content(output)).text()).toContain('"custom_id":"mine"');
    for (const gateway of [0, 1]) {
      await expect(client('theirs', gateway).batches.retrieve(id)).rejects.toBeInstanceOf(NotFoundError);
      await expect(client('theirs', gateway).files.content(output)).rejects.toBeInstanceOf(NotFoundError);
      expect((await client('theirs', gateway).files.list()).data).toEqual([]);
    }
  });
});

describe('a call that asks for speed', () => {
  test('is streamed at once while a batch would still collect', async () => {
    const stream = client('ours').chat.completions.stream({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'now, please' }],
      service_tier: 'priority',
    });
    const { choices } = await stream.finalChatCompletion();
    expect(choices[0]?.message.content).toContain('now, please');
    expect((await client('ours').batches.list()).data).toEqual([]);
  });
});

describe('the models', () => {
  test('are those of the account', async () => {
    const names = (await client('ours').models.list()).data.map(({ id }) => id);
    expect(names).toContain('gpt-4o-mini');
    expect(await client('ours').models.retrieve('gpt-4o-mini')).toMatchObject({ object: 'model' });
  });
});
