import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, mixedCalls } from './calls.ts';
import { startStack, type Stack } from './start-stack.ts';

describe('500 concurrent calls, 150 distinct, two models, two gateways, two batchers', () => {
  const calls = mixedCalls(500, 150, ['gpt-6-luna', 'gpt-6.2-sol'], 'main job');
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ gateways: 2, batchers: 2 });
  });
  afterAll(() => stack[Symbol.asyncDispose]());

  const askAll = async (): Promise<readonly string[]> => {
    const clients = [stack.client(0), stack.client(1)] as const;
    return Promise.all(calls.map((call, index) => ask(clients[index % 2 === 0 ? 0 : 1], call)));
  };

  // field 9, seed S8
  it('gives every caller its own answer for exactly 150 lines, in batches of one model each', async () => {
    const answers = await askAll();
    expect(answers).toEqual(calls.map((call) => call.expected));

    const lines = await stack.witness.lines();
    expect(lines).toHaveLength(150);
    expect(new Set(lines.map((line) => line.custom_id)).size).toBe(150);
    const models = Map.groupBy(lines, (line) => line.batch_id);
    for (const batch of models.values()) expect(new Set(batch.map((line) => line.model)).size).toBe(1);
  });

  it('answers all of them again after a restart of every service without a new line', async () => {
    await stack.restartAll();
    const answers = await askAll();
    expect(answers).toEqual(calls.map((call) => call.expected));
    expect(await stack.witness.totals()).toMatchObject({ lines_run: 150, billed_twice_custom_ids: 0 });
  });
});
