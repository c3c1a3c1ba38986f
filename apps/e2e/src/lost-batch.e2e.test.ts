import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestObject } from '@batch-gpt/contracts';
import { eventually } from '@batch-gpt/testing';
import { ask, chatCall, type Call } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ env: { FAILURE_TTL: '1', WAITER_SWEEP_MS: '300' } });
});
afterAll(() => stack[Symbol.asyncDispose]());

const refusalOf = async (call: Call): Promise<unknown> => {
  try {
    return await ask(stack.client(0, { maxRetries: 0 }), call);
  } catch (error) {
    return error;
  }
};

describe('a batch that vanishes at the provider', () => {
  it('tells its waiters, keeps its rows, and is given up by an operator only', async () => {
    await stack.witness.control({ hold: true, faults: [{ name: 'batch_vanishes' }] });
    const call = chatCall('lost with its batch');
    const error = await refusalOf(call);
    expect(error).toMatchObject({ status: 502, code: 'batch_lost' });

    // The same call re-attaches to the row and is told the same; nothing is sent again.
    expect(await refusalOf(call)).toMatchObject({ status: 502, code: 'batch_lost' });
    expect(await stack.witness.totals()).toMatchObject({ created: 1 });
    const [batch] = (await stack.client().batches.list()).data;
    const abandoned = await stack.fetch(`/admin/batches/${batch?.id ?? ''}/abandon`, { method: 'POST' });
    expect(abandoned.status).toBe(200);

    // The failure ends after FAILURE_TTL, and the key is fresh again.
    await stack.witness.control({ hold: false, faults: [] });
    const answer = await eventually(async () => {
      const next = await refusalOf(call);
      return next === call.expected;
    });
    expect(answer).toBe(true);
    // The abandoned batch was alive after all: paying for its line again was the operator's decision.
    expect(await stack.witness.totals()).toMatchObject({ created: 2 });
  });
});

describe('a batch that the provider loses for a while', () => {
  it('is settled when it comes back; nobody pays twice', async () => {
    await stack.witness.control({ faults: [{ name: 'batch_vanishes', ms: 3000 }] });
    const before = (await stack.witness.totals()).billed_twice_custom_ids;
    const call = chatCall('lost for a while');
    const accepted = await stack.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'respond-async' },
      body: JSON.stringify(call.body),
    });
    const location = accepted.headers.get('location') ?? '';
    const done = await eventually(async () => {
      const request = requestObject.parse(await (await stack.fetch(location)).json());
      return request.state === 'done' ? request : false;
    });
    expect(JSON.stringify(done.response?.body)).toContain(call.expected);
    expect((await stack.witness.totals()).billed_twice_custom_ids).toBe(before);
  });
});
