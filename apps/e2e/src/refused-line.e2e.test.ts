import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
});
