import assert from 'node:assert/strict';
import { eventually } from '@batch-gpt/testing';
import type { OpenAI } from 'openai';
import { errorOf, expectFields } from './expect-error.ts';
import { chatBody, type NodeCases } from './node-kit.ts';

/** A batch of ours that has ended, made by one call. */
export async function finishedBatch(client: OpenAI, content: string) {
  const { response } = await client.chat.completions.create(chatBody(content)).withResponse();
  const id = response.headers.get('batch-id') ?? '';
  return eventually(async () => {
    const batch = await client.batches.retrieve(id);
    return batch.status === 'completed' && batch;
  });
}

/** The batch that the provider has in progress, once there is one. */
export const batchInProgress = (client: OpenAI) =>
  eventually(async () => {
    const { data } = await client.batches.list();
    return data.find(({ status }) => status === 'in_progress') ?? false;
  });

export const batchCases: NodeCases = {
  'batches listed page by page': async ({ client, say }) => {
    const made = [await finishedBatch(client(), say('first')), await finishedBatch(client(), say('second'))];
    const listed: string[] = [];
    for await (const batch of client().batches.list({ limit: 1 })) {
      listed.push(batch.id);
      if (made.every(({ id }) => listed.includes(id))) break;
    }
    assert.equal(new Set(listed).size, listed.length);
    // Newest first: nothing was made after the second one.
    assert.deepEqual(listed, made.map(({ id }) => id).reverse());
  },

  'batches retrieved': async ({ client, say }) => {
    const batch = await finishedBatch(client(), say('retrieved'));
    expectFields(batch, {
      object: 'batch',
      endpoint: '/v1/chat/completions',
      status: 'completed',
      request_counts: { total: 1, completed: 1, failed: 0 },
    });
    const providerId = batch.metadata?.['provider_batch_id'] ?? '';
    assert.deepEqual(await client().batches.retrieve(providerId), batch);
  },

  'batches cancelled': async ({ client, say, holding, sdk }) => {
    await using _held = await holding();
    const waiting = errorOf(client().chat.completions.create(chatBody(say('never run'))));
    const running = await batchInProgress(client());
    assert.match((await client().batches.cancel(running.id)).status, /^cancell(ing|ed)$/);
    const error = await waiting;
    assert.ok(error instanceof sdk.openai.ConflictError);
    assert.equal(error.code, 'batch_cancelled');
  },
};
