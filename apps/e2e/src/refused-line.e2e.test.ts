import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { operatorBatchPage, retryReport } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { BadRequestError } from 'openai';
import { ask, chatCall } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack[Symbol.asyncDispose]());

describe('a line that the provider refuses inside the batch', () => {
  // field 4, seed S3
  it("gives only its caller the provider's status and body; its neighbours are answered", async () => {
    const client = stack.client();
    const good = ['left', 'right'].map((text) => chatCall(`neighbour on the ${text}`));
    const bad = chatCall('please fail [[simulate:400]]');
    const [refusal, ...answers] = await Promise.allSettled([
      ask(client, bad),
      ...good.map((call) => ask(client, call)),
    ]);

    expect(answers).toEqual(good.map((call) => ({ status: 'fulfilled', value: call.expected })));
    const error: unknown = refusal.status === 'rejected' ? refusal.reason : null;
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, code: 'integer_below_min_value', type: 'invalid_request_error' });
    const batches = new Set((await stack.witness.lines()).map((line) => line.batch_id));
    expect(batches.size).toBe(1);
  });

  it('runs again when an operator says so, with the text that is kept by default, and then answers', async () => {
    const client = stack.client(0, { maxRetries: 0 });
    const call = chatCall('fail once, please [[simulate:400:1]]');
    const neighbour = chatCall('a neighbour that is paid once');
    const [refusal, answer] = await Promise.allSettled([ask(client, call), ask(client, neighbour)]);
    expect([refusal.status, answer.status]).toEqual(['rejected', 'fulfilled']);

    const batch = await eventually(async () => {
      const { data } = operatorBatchPage.parse(await (await stack.fetch('/admin/batches')).json());
      const [latest] = data;
      return latest?.state === 'settled' && latest.model === call.body.model && latest.id;
    });
    const { lines_run: before } = await stack.witness.totals();
    const ordered = await stack.fetch(`/admin/batches/${batch}/retry`, { method: 'POST' });
    expect(retryReport.parse(await ordered.json())).toMatchObject({ accepted: 1, without_text: 0, next: null });
    expect(await ask(client, call)).toBe(call.expected);
    expect(await ask(client, neighbour)).toBe(neighbour.expected);
    expect((await stack.witness.totals()).lines_run).toBe(before + 1);
  });
});
