/*
 * Redis and the database go away, freeze, come back empty (Redis only) while calls are under way.
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { ask, chatCall, type Call } from './calls.ts';
import { askPatiently, startLoad } from './load.ts';
import { startStack, type Stack } from './start-stack.ts';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ store: 'mongo', gateways: 2, batchers: 2 });
});
afterEach(() => stack[Symbol.asyncDispose]());

const post = (call: Call, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  stack.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(call.body),
  });

describe('Redis killed and emptied while requests are pending', () => {
  // field 14
  it('delays them and nothing else', async () => {
    const load = startLoad(stack, 20, 'redis dies');
    await eventually(() => load.answered() >= 20, { timeoutMs: 60_000 });
    for (let round = 0; round < 2; round += 1) {
      await stack.redis.kill();
      // Accepted without Redis: the sweep rings once it is back.
      const accepted = await post(chatCall(`accepted without redis ${round}`), { prefer: 'respond-async' });
      expect(accepted.status).toBe(202);
      await stack.redis.restart({ empty: true });
      const before = load.answered();
      await eventually(() => load.answered() >= before + 40, { timeoutMs: 60_000 });
      await eventually(async () => (await post(chatCall(`accepted without redis ${round}`))).status === 200);
    }
    const { answered, distinct } = await load.stop();
    expect(answered).toBe(distinct);
    expect(await stack.witness.totals()).toMatchObject({ lines_billed: distinct + 2, billed_twice_custom_ids: 0 });
  });
});

describe('the database away', () => {
  it('is answered with a quick 503 for every new call, and everything goes on when it is back', async () => {
    const mongo = stack.mongo;
    if (mongo === null) throw new Error('this suite runs on MongoDB');
    const pending = chatCall('pending when the database went');
    const answer = askPatiently(stack, 0, pending);
    await eventually(async () => (await stack.witness.totals()).lines_received > 0);
    await mongo.kill();
    // The first call after the loss may still find out; from then on the answer is immediate.
    await eventually(async () => (await post(chatCall('while it is away'))).status === 503);
    const refused = await Promise.race([
      post(chatCall('while it is away')),
      new Promise<'slow'>((resolve) => setTimeout(resolve, 1000, 'slow').unref()),
    ]);
    expect(refused).not.toBe('slow');
    expect(refused).toMatchObject({ status: 503 });
    if (refused !== 'slow') {
      expect(refused.headers.get('retry-after')).not.toBeNull();
      expect(await refused.json()).toMatchObject({ error: { code: 'store_unavailable' } });
    }
    await mongo.restart();
    await answer;
    await eventually(async () => (await post(chatCall('while it is away'))).status === 200, { timeoutMs: 60_000 });
    expect(await stack.witness.totals()).toMatchObject({ lines_billed: 2, billed_twice_custom_ids: 0 });
  });

  // seed S7
  it('frozen for a while: a stored answer is never taken for a miss and paid again', async () => {
    const mongo = stack.mongo;
    if (mongo === null) throw new Error('this suite runs on MongoDB');
    const stored = Array.from({ length: 20 }, (_, index) => chatCall(`stored before the frost ${index}`));
    await Promise.all(stored.map((call) => ask(stack.client(0), call)));
    // Restarted gateways hold nothing in memory: every answer has to come from the store.
    await Promise.all([stack.restart('gateway', 0), stack.restart('gateway', 1)]);

    await mongo.pause();
    const answers = Promise.all(stored.map((call, index) => askPatiently(stack, index, call)));
    await eventually(async () => (await post(chatCall('during the frost'))).status === 503, { timeoutMs: 30_000 });
    mongo.resume();
    await answers;
    await askPatiently(stack, 0, chatCall('during the frost'));
    expect(await stack.witness.totals()).toMatchObject({ lines_billed: 21, billed_twice_custom_ids: 0 });
  });
});
