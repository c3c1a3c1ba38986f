import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { APIError, ConflictError } from 'openai';
import { ask, chatCall } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

describe('batches', () => {
  it('are listed and read by our id or the provider’s', async () => {
    const client = stack.client();
    await ask(client, chatCall('listed'));
    const settled = await eventually(async () => {
      const page = await client.batches.list();
      return page.data.find((batch) => batch.status === 'completed') ?? false;
    });
    const providerId = settled.metadata?.['provider_batch_id'] ?? '';
    expect(providerId).not.toBe('');
    expect(settled.request_counts).toEqual({ total: 1, completed: 1, failed: 0 });
    expect((await client.batches.retrieve(settled.id)).id).toBe(settled.id);
    expect((await client.batches.retrieve(providerId)).id).toBe(settled.id);
    await expect(client.batches.cancel(settled.id)).rejects.toBeInstanceOf(ConflictError);
  });

  // seed S24
  it('cancelled while in progress give their waiters an explicit error', async () => {
    await stack.witness.control({ hold: true });
    const client = stack.client(0, { maxRetries: 0 });
    const waiting = ask(client, chatCall('cancelled while it runs')).then(
      () => null,
      (error: unknown) => error,
    );
    const running = await eventually(async () => {
      const page = await client.batches.list();
      return page.data.find((batch) => batch.status === 'in_progress') ?? false;
    });
    const cancelled = await client.batches.cancel(running.id);
    expect(['cancelling', 'cancelled']).toContain(cancelled.status);
    const error = await waiting;
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ code: 'batch_cancelled' });
    await stack.witness.control({ hold: false });
    await eventually(async () => (await client.batches.retrieve(running.id)).status === 'cancelled');
  });
});
